#include "send/host_addresses.hpp"

#include "platform/linux/system_calls.hpp"
#include "platform/linux/vrf_members.hpp"
#include "send/reply_rules.hpp"

#include <array>
#include <bit>
#include <cerrno>
#include <memory>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

namespace ancillary::detail {

namespace {

// From asm-generic/socket.h, Linux 5.14; the C library of Debian 12 has it, older ones do not.
constexpr int so_netns_cookie = 71;

struct free_addresses {
  void operator()(ifaddrs* list) const noexcept { ::freeifaddrs(list); }
};

std::optional<ip_address> address_of(const sockaddr* from) noexcept {
  const auto family = from == nullptr ? AF_UNSPEC : from->sa_family;
  if (family == AF_INET) {
    return ip_address::from_in_addr(reinterpret_cast<const sockaddr_in*>(from)->sin_addr);
  }
  if (family == AF_INET6) {
    return ip_address::from_in_addr(reinterpret_cast<const sockaddr_in6*>(from)->sin6_addr);
  }
  return std::nullopt;
}

std::uint8_t bits_of(const sockaddr* mask) noexcept {
  int bits = 0;
  if (const auto address = address_of(mask)) {
    for (const std::uint8_t octet : address->bytes()) {
      bits += std::popcount(octet);
    }
  }
  return static_cast<std::uint8_t>(bits);
}

// Whether the socket is in the calling thread's network namespace.
bool is_of_this_network(native_socket socket) noexcept {
  const int own = system.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (own < 0) {
    return errno == EAFNOSUPPORT; // a system without IPv4, which has no namespaces to tell apart
  }
  const bool same = network_of(own) == network_of(socket);
  ::close(own);
  return same;
}

} // namespace

socket_address local_address_of(native_socket socket) noexcept {
  alignas(sockaddr_in6) std::array<std::byte, sizeof(sockaddr_storage)> storage{};
  socklen_t bytes = sizeof storage;
  if (system.getsockname(socket, reinterpret_cast<sockaddr*>(storage.data()), &bytes) != 0) {
    return {};
  }
  return socket_address::from_sockaddr(storage).value_or(socket_address{});
}

std::uint64_t network_of(native_socket socket) noexcept {
  std::uint64_t cookie = 0;
  socklen_t bytes = sizeof cookie;
  return system.getsockopt(socket, SOL_SOCKET, so_netns_cookie, &cookie, &bytes) == 0 ? cookie : 0;
}

std::optional<host_addresses> list_host_addresses(native_socket socket) {
  ifaddrs* first = nullptr;
  if (!is_of_this_network(socket) || system.getifaddrs(&first) != 0) {
    return std::nullopt;
  }
  const std::unique_ptr<ifaddrs, free_addresses> list(first);
  std::vector<host_address> all;
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
    if (const auto address = address_of(each->ifa_addr)) {
      all.push_back({*address, bits_of(each->ifa_netmask), ::if_nametoindex(each->ifa_name)});
    }
  }
  return host_addresses(all, vrf_members());
}

} // namespace ancillary::detail
