#include "common/socket_family.hpp"

#include "platform/windows/system_calls.hpp"

#include <asio/error.hpp>

namespace ancillary::detail {

ip_family socket_family(native_socket socket, std::error_code& error) noexcept {
  WSAPROTOCOL_INFOW protocol{};
  int bytes = sizeof protocol;
  if (system.getsockopt(socket, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&protocol),
                        &bytes) != 0) {
    error = {::WSAGetLastError(), asio::error::get_system_category()};
  } else {
    error.clear();
  }
  return protocol.iAddressFamily == AF_INET6 ? ip_family::v6 : ip_family::v4;
}

} // namespace ancillary::detail
