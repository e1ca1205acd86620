// Parses command-line values. All functions throw std::invalid_argument with a message that says
// what is wrong and what is valid.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tool {

// Throws std::invalid_argument: "'TEXT' WHY".
[[noreturn]] void reject(std::string_view text, const std::string& why);

// Digits only, from `least` to `most`.
[[nodiscard]] std::uint64_t parse_whole_number(std::string_view text, std::uint64_t least,
                                               std::uint64_t most);

// Seconds, above zero, fractions allowed; at most ten years.
[[nodiscard]] std::chrono::nanoseconds parse_seconds(std::string_view text);

} // namespace tool
