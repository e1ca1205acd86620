// The distributions of sizes and of the times between arrivals (--histogram).
#pragma once

#include <ancillary/recvmsg/packet.hpp>

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace tool {

// Counts numbers by their powers of two: 0, 1, 2 to 3, 4 to 7, and so on.
class log2_histogram {
public:
  void add(std::uint64_t number) noexcept {
    ++counts_[static_cast<std::size_t>(std::bit_width(number))];
  }

  // One line for each range from the first to the last with a count: "  64 - 127  12  ####". Empty
  // without counts. `unit` follows the numbers of the ranges.
  [[nodiscard]] std::string text(const std::string& unit) const;

private:
  std::array<std::uint64_t, 65> counts_{}; // [n]: numbers with n bits
};

// Of all datagrams of a run.
class arrival_histograms {
public:
  void add(std::span<const ancillary::packet> batch);

  // Both, with headings. Says whether the times are the system's timestamps or times of reading,
  // which are those of a whole batch, and how many times went backwards.
  [[nodiscard]] std::string text() const;

private:
  log2_histogram bytes_;
  log2_histogram between_; // microseconds
  std::optional<std::chrono::nanoseconds> last_;
  std::uint64_t stamped_ = 0;
  std::uint64_t read_ = 0;
  std::uint64_t backwards_ = 0;
};

} // namespace tool
