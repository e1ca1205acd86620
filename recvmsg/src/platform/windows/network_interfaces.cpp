#include "platform/network_interfaces.hpp"

#include "platform/windows/adapters.hpp"

namespace ancillary::detail {

namespace {

constexpr DWORD software_loopback = 24; // IF_TYPE_SOFTWARE_LOOPBACK, ipifcons.h

void add_interface(network_interfaces& to, const IP_ADAPTER_ADDRESSES& adapter) {
  const bool is_loopback = adapter.IfType == software_loopback;
  // An adapter may have different interface indices for IPv4 and IPv6.
  for (const DWORD index : {adapter.IfIndex, adapter.Ipv6IfIndex}) {
    if (index != 0 && (to.all.empty() || to.all.back().index != index)) {
      to.all.push_back({index, adapter.Mtu, is_loopback});
    }
  }
}

} // namespace

network_interfaces list_network_interfaces() {
  network_interfaces found;
  const adapter_list list = adapters(AF_UNSPEC);
  for (const auto* each = list.get(); each != nullptr; each = each->Next) {
    add_interface(found, *each);
    for (const auto* own = each->FirstUnicastAddress; own != nullptr; own = own->Next) {
      if (const auto address = to_address(own->Address.lpSockaddr)) {
        found.addresses.push_back(*address);
      }
    }
  }
  return found;
}

} // namespace ancillary::detail
