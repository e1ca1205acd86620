#include "send/host_addresses.hpp"

#include "platform/windows/adapters.hpp"
#include "send/reply_rules.hpp"

#include <array>
#include <utility>

namespace ancillary::detail {

socket_address local_address_of(native_socket socket) noexcept {
  alignas(sockaddr_in6) std::array<std::byte, sizeof(sockaddr_storage)> storage{};
  int bytes = sizeof storage;
  if (system.getsockname(socket, reinterpret_cast<sockaddr*>(storage.data()), &bytes) != 0) {
    return {};
  }
  return socket_address::from_sockaddr(storage).value_or(socket_address{});
}

std::uint64_t network_of(native_socket) noexcept { return 0; }

std::optional<host_addresses> list_host_addresses(native_socket) {
  const adapter_list list = adapters(AF_UNSPEC);
  if (!list) {
    return std::nullopt;
  }
  std::vector<host_address> all;
  for (const auto* each = list.get(); each != nullptr; each = each->Next) {
    for (const auto* own = each->FirstUnicastAddress; own != nullptr; own = own->Next) {
      if (const auto address = to_address(own->Address.lpSockaddr)) {
        all.push_back({*address, own->OnLinkPrefixLength,
                       address->is_v4() ? each->IfIndex : each->Ipv6IfIndex});
      }
    }
  }
  return host_addresses(all);
}

} // namespace ancillary::detail
