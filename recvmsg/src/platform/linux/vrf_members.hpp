// The interfaces with their own routing table (VRF).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ancillary::detail {

// A link in the kernel's list (RTM_NEWLINK).
struct listed_link {
  std::uint32_t index = 0;
  std::uint32_t master = 0; // 0: none
  bool is_vrf = false;
};

// Appends the links of one answer. Returns false at the end of the list or for an invalid answer.
[[nodiscard]] bool read_links(std::span<const std::byte> answer, std::vector<listed_link>& to);

// The interfaces in a VRF, and the VRFs themselves, in the calling thread's network namespace.
[[nodiscard]] std::vector<std::uint32_t> vrf_members();

} // namespace ancillary::detail
