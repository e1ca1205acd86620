#include "platform/windows/system_calls.hpp"
#include "platform/windows_metadata_options.hpp"

#include <asio/error.hpp>
#include <cstdint>

namespace ancillary::detail {

namespace {

constexpr DWORD timestamping_code = IOC_IN | IOC_VENDOR | 235;
struct timestamping_config { // TIMESTAMPING_CONFIG, mstcpip.h
  ULONG flags;
  USHORT transmit_stamps_buffered;
};
constexpr ULONG timestamp_received = 1; // TIMESTAMPING_FLAG_RX

std::error_code last_error() noexcept {
  return {::WSAGetLastError(), asio::error::get_system_category()};
}

std::error_code switch_on_timestamps(native_socket socket) noexcept {
  timestamping_config config{timestamp_received, 0};
  DWORD bytes = 0;
  if (system.ioctl(socket, timestamping_code, &config, sizeof config, nullptr, 0, &bytes, nullptr,
                   nullptr) != 0) {
    return last_error();
  }
  return {};
}

} // namespace

std::error_code switch_on(native_socket socket, option_number option,
                          std::uint32_t max_coalesced_bytes) noexcept {
  if (option == windows_option::timestamping) {
    return switch_on_timestamps(socket);
  }
  // Boolean options take a DWORD too.
  const DWORD value =
      option == windows_option::coalescing ? static_cast<DWORD>(max_coalesced_bytes) : DWORD{1};
  if (system.setsockopt(socket, option.level, option.name, reinterpret_cast<const char*>(&value),
                        sizeof value) != 0) {
    return last_error();
  }
  return {};
}

// Whether an adapter makes timestamps is a setting that Windows does not tell a socket's owner.
std::error_code absence_of(field, native_socket) noexcept { return {}; }

bool is_faulty_beside_coalescing(field what) noexcept {
  return is_faulty_beside_coalescing(system.build_number(), what);
}

bool switch_off_coalescing(native_socket socket) noexcept {
  const DWORD off = 0;
  return system.setsockopt(socket, windows_option::coalescing.level,
                           windows_option::coalescing.name, reinterpret_cast<const char*>(&off),
                           sizeof off) == 0;
}

bool is_v6_only(native_socket socket, std::error_code& error) noexcept {
  DWORD value = 0; // Windows may write only one of the four bytes
  int bytes = sizeof value;
  if (system.getsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, reinterpret_cast<char*>(&value),
                        &bytes) != 0) {
    error = last_error();
    return false;
  }
  error.clear();
  return value != 0;
}

} // namespace ancillary::detail
