// Not on Windows yet: a socket stays bound to the completion port of the process that made it, so a
// copy (WSADuplicateSocket) cannot be received on by another one's Asio.
#include "platform/hand_over_channel.hpp"

#include <winsock2.h>

#include <asio/error.hpp>

namespace ancillary::detail {

std::unique_ptr<hand_over_channel> connect_to_owner(const std::string&, std::error_code& error) {
  error = make_error_code(asio::error::operation_not_supported);
  return nullptr;
}

std::unique_ptr<hand_over_listener> listen_for_successor(const std::string&,
                                                         std::error_code& error) {
  error = make_error_code(asio::error::operation_not_supported);
  return nullptr;
}

void close_passed(native_socket socket) noexcept { ::closesocket(socket); }

std::vector<native_socket> activated_descriptors(std::string_view) { return {}; }

} // namespace ancillary::detail
