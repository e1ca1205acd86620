#include "set_up/exclusive_port.hpp"

#include "platform/windows/system_calls.hpp"

#include <asio/error.hpp>

namespace ancillary::detail {

std::error_code keep_port_exclusive(native_socket socket) noexcept {
  const BOOL on = TRUE;
  if (system.setsockopt(socket, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, reinterpret_cast<const char*>(&on),
                        sizeof on) != 0) {
    return {::WSAGetLastError(), asio::error::get_system_category()};
  }
  return {};
}

} // namespace ancillary::detail
