// Windows: the receive call, for a driver and for a drain.

#include "platform/windows/source.hpp"

#include "platform/windows/error_queue.hpp"
#include "platform/windows_errors.hpp"
#include "set_up/metadata_options.hpp"

#include <algorithm>
#include <array>
#include <asio/error.hpp>
#include <asio/ip/udp.hpp>
#include <cstring>

namespace ancillary::detail {

// Nothing is kept: a message is cheap to set up and each call takes one.
struct native_batch {};

void native_batch_deleter::operator()(native_batch* batch) const noexcept { delete batch; }

native_batch_ptr make_native_batch(std::size_t) { return native_batch_ptr(new native_batch); }

namespace {

static_assert(sizeof(sockaddr_in6) <= sizeof(asio::ip::udp::endpoint),
              "the system writes source addresses directly into endpoints");

// _WSAIOW(IOC_VENDOR, n); SIO_UDP_CONNRESET and SIO_UDP_NETRESET of mstcpip.h.
constexpr DWORD report_port_unreachable = IOC_IN | IOC_VENDOR | 12;
constexpr DWORD report_hop_limit_exceeded = IOC_IN | IOC_VENDOR | 15;

// WSAMSG.dwFlags after a receive, ws2def.h.
constexpr ULONG flag_truncated = 0x100;
constexpr ULONG flag_control_truncated = 0x200;
constexpr ULONG flag_broadcast = 0x400;
constexpr ULONG flag_multicast = 0x800;

class windows_source final : public batch_source {
public:
  windows_source(native_socket socket, LPFN_WSARECVMSG recvmsg, bool error_detail)
      : socket_(socket), recvmsg_(recvmsg), errors_(error_detail) {}

  layout_id layout() const noexcept override { return layouts::native::id; }

  receive_result receive(window& slots) noexcept override {
    receive_result result;
    receive_now(socket_, recvmsg_, slots, errors_, result);
    return result;
  }

  bool stop_coalescing() noexcept override { return switch_off_coalescing(socket_); }

private:
  const native_socket socket_;
  const LPFN_WSARECVMSG recvmsg_;
  error_queue errors_;
};

// No message has a header of zeros.
void clear_first_header(std::byte* control, std::size_t capacity) noexcept {
  std::memset(control, 0, std::min(capacity, sizeof(WSACMSGHDR)));
}

bool has_first_header(const std::byte* control, std::size_t bytes) noexcept {
  constexpr std::array<std::byte, sizeof(WSACMSGHDR)> cleared{};
  return bytes >= cleared.size() && std::memcmp(control, cleared.data(), cleared.size()) != 0;
}

} // namespace

std::error_code to_error_code(std::uint32_t code) noexcept {
  return {static_cast<int>(code), asio::error::get_system_category()};
}

receive_error error_of(std::uint32_t code) noexcept {
  return {windows_condition(code), to_error_code(code), false};
}

void message::point_to(slot& to, const window& slots) noexcept {
  payload.buf = reinterpret_cast<CHAR*>(to.payload);
  payload.len = static_cast<ULONG>(slots.payload_capacity());
  header.name = to.remote.data();
  header.namelen = sizeof(sockaddr_in6);
  header.lpBuffers = &payload;
  header.dwBufferCount = 1;
  header.Control.buf = reinterpret_cast<CHAR*>(to.control);
  header.Control.len = static_cast<ULONG>(slots.control_capacity());
  header.dwFlags = 0;
  clear_first_header(to.control, slots.control_capacity());
}

void message::take(slot& to, DWORD received, bool truncation, const window& slots) const noexcept {
  const ULONG flags = header.dwFlags;
  const bool control_cut = (flags & flag_control_truncated) != 0;
  // Wine 8 does not report what was truncated; a payload is more likely, since a control buffer
  // made for the enabled options does not overflow there.
  const bool payload_cut =
      (flags & flag_truncated) != 0 || (truncation && !control_cut) || received == untouched;
  const auto capacity = static_cast<std::uint32_t>(slots.payload_capacity());
  to.payload_bytes = payload_cut ? capacity : std::min<std::uint32_t>(received, capacity);
  // A control buffer that was too small holds nothing. Whether Windows writes its length after
  // truncating the payload is unknown; if it wrote no messages either, there are none.
  const auto told = std::min(static_cast<std::uint32_t>(header.Control.len),
                             static_cast<std::uint32_t>(slots.control_capacity()));
  const bool holds_none = control_cut || (truncation && !has_first_header(to.control, told));
  to.control_bytes = holds_none ? 0 : told;
  to.flags = static_cast<std::uint8_t>((payload_cut ? slot_flag::payload_truncated : 0) |
                                       (control_cut ? slot_flag::control_truncated : 0) |
                                       ((flags & flag_broadcast) != 0 ? slot_flag::broadcast : 0) |
                                       ((flags & flag_multicast) != 0 ? slot_flag::multicast : 0));
}

LPFN_WSARECVMSG find_recvmsg(native_socket socket, std::error_code& error) noexcept {
  if (system.recvmsg != nullptr) {
    return system.recvmsg;
  }
  GUID id = WSAID_WSARECVMSG;
  LPFN_WSARECVMSG found = nullptr;
  DWORD bytes = 0;
  if (system.ioctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &found, sizeof found,
                   &bytes, nullptr, nullptr) != 0) {
    error = to_error_code(static_cast<std::uint32_t>(::WSAGetLastError()));
  }
  return found;
}

void choose_icmp_errors(native_socket socket, const receive_options& options) noexcept {
  if (options.icmp_errors) {
    return;
  }
  for (const DWORD code : {report_port_unreachable, report_hop_limit_exceeded}) {
    BOOL report = FALSE;
    DWORD bytes = 0;
    system.ioctl(socket, code, &report, sizeof report, nullptr, 0, &bytes, nullptr, nullptr);
  }
}

void receive_now(native_socket socket, LPFN_WSARECVMSG recvmsg, window& slots, error_queue& errors,
                 receive_result& result) noexcept {
  const std::size_t end = errors.needs_slot() && slots.size() > 1 ? slots.size() - 1 : slots.size();
  for (; result.count < end; ++result.count) {
    message now;
    slot& to = slots[result.count];
    if (errors.is_on()) [[unlikely]] {
      to.remote = {}; // the system may write none for an error
    }
    now.point_to(to, slots);
    DWORD received = message::untouched;
    const bool failed = recvmsg(socket, &now.header, &received, nullptr, nullptr) != 0;
    const auto error = failed ? static_cast<std::uint32_t>(::WSAGetLastError()) : 0U;
    if (failed && !is_truncation(error)) {
      result.exhausted = error == windows_code::wsa_would_block;
      if (!result.exhausted) {
        result.error = error_of(error);
      }
      break;
    }
    now.take(to, received, failed, slots);
    if (errors.is_on()) [[unlikely]] {
      result.error = errors.take(now, to);
      if (result.error.condition != receive_condition::none) {
        return;
      }
    }
  }
  if (errors.is_on()) [[unlikely]] {
    errors.ask(socket, recvmsg, slots, result);
  }
}

std::unique_ptr<batch_source> make_source(native_socket socket, const receive_options& options,
                                          std::error_code& error) {
  error.clear();
  const LPFN_WSARECVMSG recvmsg = find_recvmsg(socket, error);
  if (error) {
    return nullptr;
  }
  choose_icmp_errors(socket, options);
  u_long not_blocking = 1;
  if (system.ioctlsocket(socket, static_cast<long>(FIONBIO), &not_blocking) != 0) {
    error = to_error_code(static_cast<std::uint32_t>(::WSAGetLastError()));
    return nullptr;
  }
  return std::make_unique<windows_source>(socket, recvmsg, options.error_detail);
}

} // namespace ancillary::detail
