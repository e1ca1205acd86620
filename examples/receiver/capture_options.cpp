#include "capture_options.hpp"

#include "values.hpp"

#include <array>
#include <stdexcept>

namespace tool {
namespace {

using std::chrono::nanoseconds;

// Several datagrams of common sizes fit into the smallest file, and the largest number of any unit
// fits into 64 bits.
constexpr std::uint64_t least_file_bytes = 10'000;
constexpr std::uint64_t most_number = 1'000'000;

struct unit {
  std::string_view name;
  std::uint64_t bytes;
  nanoseconds time;
};

constexpr std::array<unit, 6> units{{
    {"k", 1'000, nanoseconds(0)},
    {"M", 1'000'000, nanoseconds(0)},
    {"G", 1'000'000'000, nanoseconds(0)},
    {"s", 0, std::chrono::seconds(1)},
    {"min", 0, std::chrono::minutes(1)},
    {"h", 0, std::chrono::hours(1)},
}};

[[noreturn]] void reject_limit(std::string_view text) {
  reject(text, "is neither a size of at least 10k, such as 500k, 100M or 2G, nor a time, such as "
               "30s, 5min or 1h, nor one of each, such as 100M,1h");
}

void add_limit(capture_limits& to, std::string_view part, std::string_view text) {
  const std::size_t digits = part.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos) {
    reject_limit(text);
  }
  std::uint64_t number = 0;
  try {
    number = parse_whole_number(part.substr(0, digits), 1, most_number);
  } catch (const std::invalid_argument&) {
    reject_limit(text);
  }
  for (const unit& each : units) {
    if (part.substr(digits) != each.name) {
      continue;
    }
    const capture_limits limit{number * each.bytes, static_cast<std::int64_t>(number) * each.time};
    const bool is_size = limit.bytes != 0;
    if (is_size ? to.bytes != 0 || limit.bytes < least_file_bytes : to.time.count() != 0) {
      reject_limit(text);
    }
    to.bytes += limit.bytes;
    to.time += limit.time;
    return;
  }
  reject_limit(text);
}

} // namespace

capture_limits parse_capture_limits(std::string_view text) {
  capture_limits limits;
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    add_limit(limits, rest.substr(0, comma), text);
    if (comma == std::string_view::npos) {
      return limits;
    }
    rest = rest.substr(comma + 1);
  }
}

} // namespace tool
