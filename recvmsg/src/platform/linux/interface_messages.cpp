#include "platform/linux/interface_messages.hpp"

#include "platform/linux/netlink.hpp"

#include <algorithm>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <netinet/in.h>
#include <optional>

namespace ancillary::detail {

namespace {

// if_link.h, Linux 5.5: a list of further names.
constexpr unsigned property_list = 52;    // IFLA_PROP_LIST
constexpr unsigned alternative_name = 53; // IFLA_ALT_IFNAME

// An interface of its own for the IP layer although it has a master: a member of a VRF. The others
// hand what they receive to their master.
bool is_vrf_member(std::span<const std::byte> link_info) noexcept {
  bool found = false;
  for_each_attribute(link_info, [&](unsigned type, auto value) {
    found |= type == IFLA_INFO_SLAVE_KIND && text_of(value) == "vrf";
  });
  return found;
}

void read_families(network_interface& to, std::span<const std::byte> families) noexcept {
  for_each_attribute(families, [&](unsigned family, auto) {
    to.has_ipv4 |= family == AF_INET;
    to.has_ipv6 |= family == AF_INET6;
  });
}

void read_names(network_interface& to, std::span<const std::byte> properties) {
  for_each_attribute(properties, [&](unsigned type, auto value) {
    if (type == alternative_name) {
      to.other_names.emplace_back(text_of(value));
    }
  });
}

std::optional<ip_address> address_in(int family, std::span<const std::byte> value) noexcept {
  if (family == AF_INET && value.size() >= sizeof(in_addr)) {
    return ip_address::from_in_addr(load_value<in_addr>(value));
  }
  if (family == AF_INET6 && value.size() >= sizeof(in6_addr)) {
    return ip_address::from_in_addr(load_value<in6_addr>(value));
  }
  return std::nullopt;
}

address_state state_of(std::uint32_t flags) noexcept {
  if ((flags & IFA_F_DADFAILED) != 0) {
    return address_state::duplicate;
  }
  // An optimistic address can be used while it is tentative (RFC 4429).
  const bool is_tentative = (flags & IFA_F_TENTATIVE) != 0 && (flags & IFA_F_OPTIMISTIC) == 0;
  return is_tentative ? address_state::tentative : address_state::usable;
}

} // namespace

void add_link(std::vector<network_interface>& to, std::span<const std::byte> message) {
  if (message.size() < sizeof(ifinfomsg)) {
    return;
  }
  const auto head = load_value<ifinfomsg>(message);
  network_interface made;
  made.index = static_cast<std::uint32_t>(head.ifi_index);
  made.is_up = (head.ifi_flags & IFF_UP) != 0;
  made.is_running = made.is_up && (head.ifi_flags & IFF_RUNNING) != 0;
  made.is_loopback = (head.ifi_flags & IFF_LOOPBACK) != 0;
  made.has_multicast = (head.ifi_flags & IFF_MULTICAST) != 0;
  bool has_master = false;
  bool is_in_vrf = false;
  for_each_attribute_after<ifinfomsg>(message, [&](unsigned type, auto value) {
    switch (type) {
    case IFLA_IFNAME:
      made.name = text_of(value);
      break;
    case IFLA_MTU:
      made.mtu_bytes = load_value<std::uint32_t>(value);
      break;
    case IFLA_MASTER:
      has_master = load_value<std::uint32_t>(value) != 0;
      break;
    case IFLA_LINKINFO:
      is_in_vrf = is_vrf_member(value);
      break;
    case IFLA_AF_SPEC:
      read_families(made, value);
      break;
    case property_list:
      read_names(made, value);
      break;
    default:
      break;
    }
  });
  made.is_port = has_master && !is_in_vrf;
  to.push_back(std::move(made));
}

void add_address(std::vector<network_interface>& to, std::span<const std::byte> message) {
  const auto head = load_value<ifaddrmsg>(message);
  const auto on = std::find_if(to.begin(), to.end(),
                               [&](const auto& each) { return each.index == head.ifa_index; });
  if (message.size() < sizeof(ifaddrmsg) || on == to.end()) {
    return;
  }
  std::optional<ip_address> local;
  std::optional<ip_address> other; // of a point-to-point link, the other end
  std::uint32_t flags = head.ifa_flags;
  for_each_attribute_after<ifaddrmsg>(message, [&](unsigned type, auto value) {
    switch (type) {
    case IFA_LOCAL:
      local = address_in(head.ifa_family, value);
      break;
    case IFA_ADDRESS:
      other = address_in(head.ifa_family, value);
      break;
    case IFA_FLAGS:
      flags = load_value<std::uint32_t>(value);
      break;
    default:
      break;
    }
  });
  if (const auto address = local ? local : other) {
    on->addresses.push_back({*address, head.ifa_prefixlen, state_of(flags)});
  }
}

} // namespace ancillary::detail
