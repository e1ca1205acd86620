#include "interfaces/interface_update.hpp"

#include <algorithm>

namespace ancillary::detail {

namespace {

bool is_usable(const network_interface* on, const ip_address& address) noexcept {
  const interface_address* const found = on == nullptr ? nullptr : on->find(address);
  return found != nullptr && found->state == address_state::usable;
}

// The addresses that are usable on one interface and not on the other.
std::vector<ip_address> usable_only_on(const network_interface* here,
                                       const network_interface* there) {
  std::vector<ip_address> found;
  if (here != nullptr) {
    for (const interface_address& each : here->addresses) {
      if (each.state == address_state::usable && !is_usable(there, each.address)) {
        found.push_back(each.address);
      }
    }
  }
  return found;
}

} // namespace

bool interface_update::is_replaced(std::uint32_t index) const noexcept {
  return std::find(removed.begin(), removed.end(), index) != removed.end();
}

bool interface_update::was_interrupted(std::uint32_t index, ip_family family) const noexcept {
  return std::any_of(interrupted.begin(), interrupted.end(), [&](const auto& each) {
    return each.index == index && (family == ip_family::v6 ? each.of_ipv6 : each.of_ipv4);
  });
}

const network_interface* find_interface(std::span<const network_interface> all,
                                        std::uint32_t index) noexcept {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.index == index; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<interface_change> changes_of(const interface_update& update) {
  std::vector<interface_change> changes;
  for (const network_interface& each : update.before) {
    if (update.is_replaced(each.index) || find_interface(update.now, each.index) == nullptr) {
      changes.push_back({&each, nullptr});
    }
  }
  for (const network_interface& each : update.now) {
    const auto* const before =
        update.is_replaced(each.index) ? nullptr : find_interface(update.before, each.index);
    if (before == nullptr || *before != each) {
      changes.push_back({before, &each});
    }
  }
  return changes;
}

} // namespace ancillary::detail

namespace ancillary {

std::vector<ip_address> interface_change::gained_addresses() const {
  return detail::usable_only_on(after, before);
}

std::vector<ip_address> interface_change::lost_addresses() const {
  return detail::usable_only_on(before, after);
}

} // namespace ancillary
