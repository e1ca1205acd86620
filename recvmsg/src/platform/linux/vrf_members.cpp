#include "platform/linux/vrf_members.hpp"

#include "platform/linux/netlink.hpp"

#include <algorithm>

namespace ancillary::detail {

listed_link read_link(std::span<const std::byte> message) noexcept {
  listed_link link{static_cast<std::uint32_t>(load_value<ifinfomsg>(message).ifi_index), 0, false};
  for_each_attribute_after<ifinfomsg>(message, [&](unsigned type, auto value) {
    if (type == IFLA_MASTER) {
      link.master = load_value<std::uint32_t>(value);
    } else if (type == IFLA_LINKINFO) {
      for_each_attribute(value, [&](unsigned inner, auto kind) {
        link.is_vrf |= inner == IFLA_INFO_KIND && text_of(kind) == "vrf";
      });
    }
  });
  return link;
}

std::vector<std::uint32_t> vrf_members() {
  std::error_code error;
  const netlink_socket netlink(error);
  if (error) {
    return {};
  }
  std::vector<listed_link> links;
  // Part of a list is better than none.
  static_cast<void>(list_objects(netlink.descriptor(), RTM_GETLINK,
                                 [&](auto message) { links.push_back(read_link(message)); }));
  const auto is_vrf = [&](std::uint32_t index) {
    return std::any_of(links.begin(), links.end(),
                       [&](const auto& each) { return each.index == index && each.is_vrf; });
  };
  std::vector<std::uint32_t> members;
  for (const listed_link& each : links) {
    if (each.is_vrf || (each.master != 0 && is_vrf(each.master))) {
      members.push_back(each.index);
    }
  }
  return members;
}

} // namespace ancillary::detail
