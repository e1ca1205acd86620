// Values of header fields on the command line. All functions throw std::invalid_argument with a
// message that says what is wrong and what is valid.
#pragma once

#include <ancillary/decoders/fields.hpp>
#include <ancillary/decoders/ip_address.hpp>

#include <asio/ip/udp.hpp>
#include <cstdint>
#include <string_view>

namespace tool {

// Addresses to send from, in turn; with one address, also the port (0: the system chooses).
struct source_choice {
  asio::ip::udp::endpoint first;
  std::uint64_t count = 1; // consecutive IPv4 addresses

  // The address of a datagram, by its number from 0.
  [[nodiscard]] ancillary::ip_address of(std::uint64_t number) const;
};

// "192.0.2.1", "192.0.2.1:5000", "[2001:db8::1]:5000", "2001:db8::1", or "127.1.0.0/16": all
// addresses with this prefix in turn.
[[nodiscard]] source_choice parse_source_choice(std::string_view text);

// 0 to 63, or a name of the IANA registry: ef, af11 to af43, cs0 to cs7, le, va.
[[nodiscard]] std::uint8_t parse_dscp(std::string_view text);

// The names of the receiver tool: none, ect0, ect1, ce.
[[nodiscard]] ancillary::ecn_codepoint parse_ecn(std::string_view text);

} // namespace tool
