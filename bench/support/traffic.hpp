// Requests to the sender, and the sending of datagrams.
#pragma once

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace ancillary::bench {

enum class load : std::uint32_t {
  drain, // `count` datagrams, then silence: they wait in the receiver's queue
  flood, // as fast as possible, until stopped
  pace,  // one at a time, evenly spaced, until stopped
};

// A coalesced buffer holds at most as many datagrams (UDP_MAX_SEGMENTS).
inline constexpr std::uint32_t most_segments = 64;

struct traffic {
  load kind = load::drain;
  std::uint32_t datagram_bytes = 64;
  std::uint32_t flows = 1;    // source ports, in turn
  std::uint32_t segments = 1; // datagrams per buffer, if the system splits it
  std::uint64_t count = 0;    // drain: datagrams
  std::uint64_t rate = 0;     // pace: datagrams per second, to all ports together
  std::vector<std::uint16_t> ports;
};

// Sends to ports of the loopback address in turn, with as few calls as possible. Implemented for
// each system.
class datagram_source {
public:
  virtual ~datagram_source() = default;

  // Sends up to `count` datagrams, more than one only if that needs no more calls; returns how
  // many.
  virtual std::uint64_t send(std::uint64_t count) = 0;
};

[[nodiscard]] std::unique_ptr<datagram_source> make_datagram_source(const traffic& wanted);

} // namespace ancillary::bench
