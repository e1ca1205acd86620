#include "platform/windows/message.hpp"

#include <cstring>

namespace ancillary::detail {

bool address(WSAMSG& message, sockaddr_in6& mapped, const outgoing& from, bool v6_socket,
             ip_family& family) noexcept {
  message.name =
      const_cast<sockaddr*>(reinterpret_cast<const sockaddr*>(from.remote.data())); // not modified
  message.namelen = static_cast<int>(from.remote.size());
  family = ip_family::v4;
  if (message.name->sa_family == AF_INET6) {
    const auto& remote = *reinterpret_cast<const sockaddr_in6*>(message.name);
    family = IN6_IS_ADDR_V4MAPPED(&remote.sin6_addr) != 0 ? ip_family::v4 : ip_family::v6;
    if (!v6_socket) {
      return false;
    }
  } else if (v6_socket) {
    const auto& remote = *reinterpret_cast<const sockaddr_in*>(message.name);
    mapped.sin6_family = AF_INET6;
    mapped.sin6_port = remote.sin_port;
    mapped.sin6_addr.s6_addr[10] = mapped.sin6_addr.s6_addr[11] = 0xff;
    std::memcpy(&mapped.sin6_addr.s6_addr[12], &remote.sin_addr, sizeof remote.sin_addr);
    message.name = reinterpret_cast<sockaddr*>(&mapped);
    message.namelen = sizeof mapped;
  }
  return !from.source || family_of(*from.source) == family;
}

} // namespace ancillary::detail
