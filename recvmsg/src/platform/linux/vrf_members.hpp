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

// The message without its header. Missing parts are zero.
[[nodiscard]] listed_link read_link(std::span<const std::byte> message) noexcept;

// The interfaces in a VRF, and the VRFs themselves, in the calling thread's network namespace.
[[nodiscard]] std::vector<std::uint32_t> vrf_members();

} // namespace ancillary::detail
