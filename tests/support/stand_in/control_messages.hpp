// The control messages that a Windows would give with a datagram.
#pragma once

#include "arrival.hpp"
#include "conditions.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace ancillary_test {

// Of one socket: which options (level, name) are on, and the ioctl of the timestamps.
struct switched_on {
  std::set<std::pair<int, int>> options;
  bool timestamps = false;

  [[nodiscard]] bool has(int level, int name) const { return options.contains({level, name}); }
};

// What QueryPerformanceCounter says; on Linux nanoseconds, which is one of the rates that Windows
// has.
[[nodiscard]] std::int64_t performance_counter() noexcept;

// In a fixed order, in the layout of the conditions. `segment_bytes`: of a coalesced buffer that is
// marked.
[[nodiscard]] std::vector<std::byte> control_messages(const conditions& now, const switched_on& on,
                                                      const arrival& of,
                                                      std::optional<std::uint32_t> segment_bytes);

} // namespace ancillary_test
