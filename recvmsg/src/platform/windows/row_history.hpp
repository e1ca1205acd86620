// Finds, in the events about IP interfaces, what went and came back between two lists.
#pragma once

#include "platform/interface_watch.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace ancillary::detail {

// The rows of an interface, one for each family.
struct interface_rows {
  bool ipv4 = false;
  bool ipv6 = false;
};

// NotifyIpInterfaceChange reports each family's row by itself. A user can disable IPv6 for an
// adapter, which is still there then: it went when its last row did.
class row_history {
public:
  // From a list: the rows of interfaces of which no event has told. What events have told is newer
  // or not in the list yet.
  void know(const std::vector<network_interface>& all) {
    for (const network_interface& each : all) {
      rows_.try_emplace(each.index, interface_rows{each.has_ipv4, each.has_ipv6});
    }
  }

  // Rows that were added.
  void add(std::uint32_t index, interface_rows rows) {
    interface_rows& here = rows_[index];
    here.ipv4 |= rows.ipv4;
    here.ipv6 |= rows.ipv6;
  }

  // Rows that were deleted.
  void remove(std::uint32_t index, interface_rows rows, interface_events& to) {
    interface_rows& here = rows_[index];
    here.ipv4 &= !rows.ipv4;
    here.ipv6 &= !rows.ipv6;
    if (here.ipv4 || here.ipv6) {
      to.interrupted.push_back({index, rows.ipv4, rows.ipv6});
    } else {
      rows_.erase(index);
      to.removed.push_back(index);
    }
  }

private:
  std::unordered_map<std::uint32_t, interface_rows> rows_;
};

} // namespace ancillary::detail
