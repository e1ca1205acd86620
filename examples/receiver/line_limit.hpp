// At most a number of printed lines a second.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace tool {

// Counts lines in consecutive seconds, so that each begins with the full number.
class line_limit {
public:
  using time_point = std::chrono::steady_clock::time_point;

  // Without a number, admits all.
  explicit line_limit(std::optional<std::uint64_t> per_second) : most_(per_second) {}

  // How many of the next `lines` lines may be printed now; the others are left out.
  [[nodiscard]] std::size_t admit(std::size_t lines, time_point now) noexcept {
    if (!most_) {
      return lines;
    }
    constexpr auto second = std::chrono::seconds(1);
    if (now - begin_ >= second) {
      begin_ += std::chrono::floor<std::chrono::seconds>(now - begin_);
      used_ = 0;
    }
    const auto admitted = std::min<std::uint64_t>(lines, *most_ - used_);
    used_ += admitted;
    return static_cast<std::size_t>(admitted);
  }

  [[nodiscard]] bool is_set() const noexcept { return most_.has_value(); }

private:
  std::optional<std::uint64_t> most_;
  time_point begin_{};
  std::uint64_t used_ = 0;
};

} // namespace tool
