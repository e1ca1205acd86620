#include "platform/network_interfaces.hpp"

#include "platform/linux/system_calls.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

namespace ancillary::detail {

namespace {

struct free_list {
  void operator()(ifaddrs* list) const noexcept { ::freeifaddrs(list); }
};

// Any socket will do for the ioctls.
class question {
public:
  question() noexcept : socket_(system.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    if (socket_ < 0) { // a system without IPv4
      socket_ = system.socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    }
  }
  question(const question&) = delete;
  question& operator=(const question&) = delete;
  ~question() {
    if (socket_ >= 0) {
      ::close(socket_);
    }
  }

  // 0 if the interface no longer exists.
  [[nodiscard]] std::uint32_t mtu_of(const char* name) const noexcept {
    ifreq request{};
    std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    return system.ioctl(socket_, SIOCGIFMTU, &request) == 0 && request.ifr_mtu > 0
               ? static_cast<std::uint32_t>(request.ifr_mtu)
               : 0;
  }

private:
  int socket_;
};

void add_interface(network_interfaces& to, const ifaddrs& entry, const question& ask) {
  const std::uint32_t index = ::if_nametoindex(entry.ifa_name);
  const std::uint32_t mtu = ask.mtu_of(entry.ifa_name);
  const bool known = std::any_of(to.all.begin(), to.all.end(),
                                 [&](const auto& each) { return each.index == index; });
  if (index != 0 && mtu != 0 && !known) {
    to.all.push_back({index, mtu, (entry.ifa_flags & IFF_LOOPBACK) != 0});
  }
}

void add_address(network_interfaces& to, const sockaddr* address) {
  if (address == nullptr) {
    return;
  }
  if (address->sa_family == AF_INET) {
    ip_address::v4_octets octets{};
    std::memcpy(octets.data(), &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, 4);
    to.addresses.push_back(ip_address::v4(octets));
  } else if (address->sa_family == AF_INET6) {
    ip_address::v6_octets octets{};
    std::memcpy(octets.data(), &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, 16);
    to.addresses.push_back(ip_address::v6(octets));
  }
}

} // namespace

network_interfaces list_network_interfaces() {
  network_interfaces found;
  ifaddrs* first = nullptr;
  if (system.getifaddrs(&first) != 0) {
    return found;
  }
  const std::unique_ptr<ifaddrs, free_list> list(first);
  const question ask;
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
    add_interface(found, *each, ask);
    add_address(found, each->ifa_addr);
  }
  return found;
}

} // namespace ancillary::detail
