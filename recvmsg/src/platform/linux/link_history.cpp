#include "platform/linux/link_history.hpp"

#include "platform/linux/netlink.hpp"

#include <linux/if_link.h>
#include <net/if.h>

namespace ancillary::detail {

namespace {

// Below them the kernel removes the family from the interface, and with it the memberships:
// inetdev_valid_mtu() in linux/inetdevice.h, IPV6_MIN_MTU (RFC 8200, 5).
constexpr std::uint32_t least_ipv4_mtu_bytes = 68;
constexpr std::uint32_t least_ipv6_mtu_bytes = 1280;

} // namespace

void link_history::begin(const std::vector<network_interface>& all) {
  if (has_begun_) {
    return;
  }
  has_begun_ = true;
  for (const network_interface& each : all) {
    states_[each.index] = {each.is_running, each.mtu_bytes >= least_ipv4_mtu_bytes,
                           each.mtu_bytes >= least_ipv6_mtu_bytes};
  }
}

void link_history::forget() noexcept {
  states_.clear();
  has_begun_ = false;
}

std::optional<interface_interruption> link_history::changed(std::span<const std::byte> message) {
  const auto head = load_value<ifinfomsg>(message);
  const auto index = static_cast<std::uint32_t>(head.ifi_index);
  state& now = states_[index];
  const state before = now;
  now.is_running = (head.ifi_flags & IFF_UP) != 0 && (head.ifi_flags & IFF_RUNNING) != 0;
  for_each_attribute_after<ifinfomsg>(message, [&](unsigned type, auto value) {
    if (type == IFLA_MTU) { // some events lack it
      const auto mtu_bytes = load_value<std::uint32_t>(value);
      now.has_ipv4 = mtu_bytes >= least_ipv4_mtu_bytes;
      now.has_ipv6 = mtu_bytes >= least_ipv6_mtu_bytes;
    }
  });
  const bool stopped = before.is_running && !now.is_running;
  const interface_interruption found{index, stopped || (before.has_ipv4 && !now.has_ipv4),
                                     stopped || (before.has_ipv6 && !now.has_ipv6)};
  return found.of_ipv4 || found.of_ipv6 ? std::optional(found) : std::nullopt;
}

} // namespace ancillary::detail
