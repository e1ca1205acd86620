// The values of --pcapng and --pcapng-max.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tool {

// Limits of one capture file; zero: none.
struct capture_limits {
  std::uint64_t bytes = 0;
  std::chrono::nanoseconds time{0};
};

// Where to write the datagrams as pcapng.
struct capture_options {
  std::string file; // empty: nowhere; "-": standard output
  capture_limits limits;
  bool pause_on_full = false; // receiving waits for the output

  [[nodiscard]] bool is_on() const { return !file.empty(); }
  [[nodiscard]] bool is_standard_output() const { return file == "-"; }
  [[nodiscard]] bool has_limits() const { return limits.bytes != 0 || limits.time.count() != 0; }
};

// "10M", "1h" or both: "10M,1h". Sizes in k, M or G (powers of 1000, as in dumpcap), times in s,
// min or h. Throws std::invalid_argument.
[[nodiscard]] capture_limits parse_capture_limits(std::string_view text);

} // namespace tool
