// Finds, in the events about links, what ended and began again between two lists.
#pragma once

#include "platform/interface_watch.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace ancillary::detail {

// Decision. Context: a link that lost its carrier, or whose MTU removed IPv6, can be as before when
// the next list is read. Choice: follows the events alone; a list only gives the state before the
// first event. Rejected: taking each event of an unusable link for an interruption. A new link has
// such events before it comes up; those that arrive after the list in which it is up would be
// mistaken for a later interruption.
class link_history {
public:
  // From a list. Without effect on later calls, until forget().
  void begin(const std::vector<network_interface>& all);
  // Events were lost.
  void forget() noexcept;

  // An RTM_NEWLINK message, without its netlink header.
  [[nodiscard]] std::optional<interface_interruption> changed(std::span<const std::byte> message);
  void removed(std::uint32_t index) noexcept { states_.erase(index); }

private:
  struct state {
    bool is_running = false;
    bool has_ipv4 = false; // with this MTU
    bool has_ipv6 = false;
  };

  std::unordered_map<std::uint32_t, state> states_;
  bool has_begun_ = false;
};

} // namespace ancillary::detail
