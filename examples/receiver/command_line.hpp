// The tool's command line.
#pragma once

#include "addresses.hpp"
#include "capture_options.hpp"
#include <ancillary/decoders/fields.hpp>

#include <asio/ip/udp.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tool {

enum class output_format : std::uint8_t { table, json_lines, none };

// What a row of the live view stands for.
enum class top_by : std::uint8_t { peer, destination, dscp };

struct command_line {
  asio::ip::udp::endpoint listen{asio::ip::address_v4::any(), 9000};
  ancillary::field_set wanted;
  ancillary::field_set required;
  std::vector<group_join> joins;
  output_format format = output_format::table;
  capture_options capture;
  std::optional<std::uint64_t> count;
  std::optional<std::chrono::nanoseconds> duration;
  std::optional<std::chrono::nanoseconds> stats_interval;
  std::size_t batch = 0;                // 0: the library's choice
  std::size_t payload_capacity = 65535; // a whole datagram, whatever its size
  int receive_buffer_bytes = 0;         // 0: the system's choice
  bool reuse = false;                   // SO_REUSEADDR
  std::optional<std::uint64_t> lines_per_second;
  bool service_names = false; // of the remote's port
  bool histogram = false;
  std::optional<std::chrono::nanoseconds> top_interval; // shows the live view, not datagrams
  top_by by = top_by::peer;
};

// Either the arguments, or the exit status if there is nothing more to do: help was printed (0), or
// the arguments were invalid and one line on standard error says why (2).
struct parse_result {
  std::optional<command_line> arguments;
  int exit_status = 0;
};

[[nodiscard]] parse_result parse_command_line(int argc, const char* const* argv);

} // namespace tool
