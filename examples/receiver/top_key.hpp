// What the rows of the live view stand for.
#pragma once

#include "command_line.hpp"
#include <ancillary/recvmsg/packet.hpp>

#include <cstdint>
#include <string>

namespace tool {

// A peer with its port, a destination address, or a DSCP; `kind` tells them apart.
struct top_key {
  std::uint64_t high = 0; // of an IPv6 address
  std::uint64_t low = 0;  // of an IPv6 address, an IPv4 address, or the DSCP
  std::uint32_t scope = 0;
  std::uint16_t port = 0;
  enum class kind : std::uint16_t { unknown, ipv4, ipv6, dscp } what = kind::unknown;

  friend bool operator==(const top_key&, const top_key&) = default;
};

// With a seed that the senders do not know, so that they cannot choose keys that collide.
struct top_hash {
  std::uint64_t seed = 0;
  std::uint64_t operator()(const top_key& key) const noexcept;
};

[[nodiscard]] top_hash random_hash();

[[nodiscard]] top_key key_of(const ancillary::packet& packet, top_by by);

// "127.0.0.1:9000", "[::1]:9000", "127.0.0.5", "46 ef"; "unknown" for a field that the system did
// not report.
[[nodiscard]] std::string to_text(const top_key& key, top_by by);

} // namespace tool
