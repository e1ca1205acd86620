#include "common/socket_family.hpp"

#include "platform/linux/system_calls.hpp"

#include <asio/error.hpp>
#include <cerrno>

namespace ancillary::detail {

ip_family socket_family(native_socket socket, std::error_code& error) noexcept {
  int domain = AF_UNSPEC;
  socklen_t bytes = sizeof domain;
  if (system.getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &bytes) != 0) {
    error = {errno, asio::error::get_system_category()};
  } else {
    error.clear();
  }
  return domain == AF_INET6 ? ip_family::v6 : ip_family::v4;
}

} // namespace ancillary::detail
