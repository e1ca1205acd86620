// Parses command-line values. All functions throw std::invalid_argument with a message that says
// what is wrong and what is valid.
#pragma once

#include "command_line.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace tool {

// "127.0.0.1:9000", "[::]:9000", "[fe80::1%eth0]:9000"; with port 0 the system chooses.
[[nodiscard]] asio::ip::udp::endpoint parse_endpoint(std::string_view text);

// "239.1.2.3", "239.1.2.3@eth0", "ff02::1234@7". The interface is looked up later.
[[nodiscard]] group_join parse_join(std::string_view text);

[[nodiscard]] output_format parse_format(std::string_view text);

// Digits only, from `least` to `most`.
[[nodiscard]] std::uint64_t parse_whole_number(std::string_view text, std::uint64_t least,
                                               std::uint64_t most);

// Seconds, above zero, fractions allowed; at most ten years.
[[nodiscard]] std::chrono::nanoseconds parse_seconds(std::string_view text);

} // namespace tool
