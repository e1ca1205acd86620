// Which interfaces have a table of routes of their own (VRF).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ancillary::detail {

// A link as the kernel lists it (RTM_NEWLINK).
struct listed_link {
  std::uint32_t index = 0;
  std::uint32_t master = 0; // 0: none
  bool is_vrf = false;
};

// Appends the links of one answer. False at the end of the list, or where it makes no sense.
[[nodiscard]] bool read_links(std::span<const std::byte> answer, std::vector<listed_link>& to);

// The interfaces in a VRF, and the VRFs themselves, of the calling thread's network namespace.
[[nodiscard]] std::vector<std::uint32_t> vrf_members();

} // namespace ancillary::detail
