#include "platform/windows/adapters.hpp"
#include "platform/windows/wide_text.hpp"
#include <ancillary/recvmsg/network_interface.hpp>

#include <array>
#include <asio/error.hpp>

namespace ancillary {

namespace {

constexpr IFTYPE software_loopback = 24;      // IF_TYPE_SOFTWARE_LOOPBACK, ipifcons.h
constexpr DWORD delivers_no_multicast = 0x10; // IP_ADAPTER_NO_MULTICAST, iptypes.h

address_state state_of(IP_DAD_STATE state) noexcept {
  switch (state) {
  case IpDadStateInvalid:
  case IpDadStateTentative:
    return address_state::tentative;
  case IpDadStateDuplicate:
    return address_state::duplicate;
  default:
    return address_state::usable;
  }
}

network_interface read(const IP_ADAPTER_ADDRESSES& adapter) {
  network_interface made;
  // Zero where the family is not enabled; otherwise both are the same (Windows Vista).
  made.index = adapter.IfIndex != 0 ? adapter.IfIndex : adapter.Ipv6IfIndex;
  made.has_ipv4 = adapter.IfIndex != 0;
  made.has_ipv6 = adapter.Ipv6IfIndex != 0;
  made.name = detail::narrow(adapter.FriendlyName);
  std::array<char, IF_MAX_STRING_SIZE + 1> name{};
  if (::if_indextoname(made.index, name.data()) != nullptr) {
    made.other_names.emplace_back(name.data());
  }
  made.mtu_bytes = adapter.Mtu;
  made.is_up = true;
  made.is_running = adapter.OperStatus == IfOperStatusUp;
  made.is_loopback = adapter.IfType == software_loopback;
  made.has_multicast = (adapter.Flags & delivers_no_multicast) == 0;
  for (const auto* own = adapter.FirstUnicastAddress; own != nullptr; own = own->Next) {
    if (const auto address = detail::to_address(own->Address.lpSockaddr)) {
      made.addresses.push_back({*address, own->OnLinkPrefixLength, state_of(own->DadState)});
    }
  }
  return made;
}

} // namespace

std::vector<network_interface> list_network_interfaces(std::error_code& error) {
  ULONG result = NO_ERROR;
  const detail::adapter_list list = detail::adapters(AF_UNSPEC, result);
  error = {static_cast<int>(result), asio::error::get_system_category()};
  std::vector<network_interface> all;
  for (const auto* each = list.get(); each != nullptr; each = each->Next) {
    all.push_back(read(*each));
  }
  return all;
}

} // namespace ancillary
