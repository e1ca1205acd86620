// The control messages of a datagram on Windows.
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

// The enabled options (level, name) of one socket, and its timestamp ioctl.
struct switched_on {
  std::set<std::pair<int, int>> options;
  bool timestamps = false;

  [[nodiscard]] bool has(int level, int name) const { return options.contains({level, name}); }
};

// The value of QueryPerformanceCounter; on Linux nanoseconds, one of the rates that Windows uses.
[[nodiscard]] std::int64_t performance_counter() noexcept;

// In a fixed order, in the layout of the conditions. `segment_bytes`: for a marked coalesced
// buffer.
[[nodiscard]] std::vector<std::byte> control_messages(const conditions& now, const switched_on& on,
                                                      const arrival& of,
                                                      std::optional<std::uint32_t> segment_bytes);

} // namespace ancillary_test
