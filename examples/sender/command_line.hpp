// The sender tool's command line.
#pragma once

#include "header_values.hpp"
#include <ancillary/decoders/fields.hpp>

#include <asio/ip/udp.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace tool {

enum class sent_format : std::uint8_t { text, json_lines, none };

struct command_line {
  asio::ip::udp::endpoint remote;
  std::optional<source_choice> source; // none: the routes choose
  std::string interface_text;          // a name or an index; empty: the routes choose
  std::optional<std::uint8_t> hop_limit;
  std::optional<std::uint8_t> dscp;
  std::optional<ancillary::ecn_codepoint> ecn;
  std::optional<std::string> payload; // none: `payload_bytes` with the datagram's number
  std::size_t payload_bytes = 64;
  std::uint32_t segment_bytes = 0; // 0: each payload is one datagram
  bool broadcast = false;
  bool error_detail = false;
  std::chrono::nanoseconds linger{};
  std::uint64_t count = 1;
  std::optional<double> rate; // datagrams or segmented payloads a second; none: without pause
  std::optional<std::chrono::nanoseconds> duration;
  sent_format format = sent_format::text;
};

// Either the arguments, or the exit status if there is nothing more to do: help was printed (0), or
// the arguments were invalid and one line on standard error says why (2).
struct parse_result {
  std::optional<command_line> arguments;
  int exit_status = 0;
};

[[nodiscard]] parse_result parse_command_line(int argc, const char* const* argv);

} // namespace tool
