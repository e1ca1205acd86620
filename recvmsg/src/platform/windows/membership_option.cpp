#include "platform/membership_option.hpp"

#include "platform/windows/system_calls.hpp"

#include <asio/error.hpp>

namespace ancillary::detail {

std::error_code set_membership(native_socket socket, int level, int name,
                               std::span<const std::byte> value) noexcept {
  const auto* const data = reinterpret_cast<const char*>(value.data());
  if (system.setsockopt(socket, level, name, data, static_cast<int>(value.size())) != 0) {
    return {::WSAGetLastError(), asio::error::get_system_category()};
  }
  return {};
}

// Which of them Windows gives is not known for certain (docs/windows.md, row 27), and some are
// given for other reasons as well.
bool can_mean_joined_already(const std::error_code& answer, bool) noexcept {
  return answer.value() == WSAEADDRNOTAVAIL || answer.value() == WSAEADDRINUSE ||
         answer.value() == WSAEINVAL;
}

// WSAEADDRNOTAVAIL has other reasons, too.
bool means_no_interface(const std::error_code&) noexcept { return false; }

} // namespace ancillary::detail
