// Noticing a machine that coalesces without saying so.
#pragma once

#include <cstdint>
#include <functional>

namespace ancillary {

class packet;

// What becomes of a buffer that holds several datagrams and does not say where they begin.
enum class unmarked_coalescing : std::uint8_t {
  hand_over, // as one packet, with packet::coalesced_unmarked()
  drop,      // it is counted in receive_counters::unmarked_dropped
};

// Some Windows machines hand over coalesced datagrams without the size to cut them at, so that
// several look like one, and nobody can name these machines in advance. What gives them away is a
// "single" datagram that is larger than any can be. A guard says how large that is, in whichever
// forms are set; without one nothing is guarded.
//
// It only works where coalescing was granted (field::segment_bytes), and only looks at buffers that
// came without a usable size. When it finds one, it switches coalescing off on the socket before
// anything else is received; what the system has coalesced by then may still come and is dealt with
// in the same way. Each is counted in receive_counters::unmarked_coalesced.
//
// Anybody who can send to the socket can make it fire, with a datagram that is too large; all that
// this costs is coalescing.
struct coalescing_guard {
  // No datagram of the protocol has more payload than this, in bytes; 0: the protocol has no limit.
  std::uint32_t largest_datagram_bytes = 0;

  // No datagram is larger than the interface's MTU lets through. Only for protocols that forbid IP
  // fragmentation, as QUIC does: a datagram put together from fragments is larger by right, and
  // nothing tells it from a coalesced one. Datagrams from this machine's own addresses have crossed
  // no interface and are not judged; an MTU below 1,500 bytes counts as 1,500, because what an
  // interface takes in may be larger than what it sends.
  //
  // field::interface_index names the interface; where it is not granted, the largest MTU counts.
  bool by_interface_mtu = false;

  // Knows the protocol and says whether this buffer holds more than one datagram. Called on the
  // executor for each buffer without a size; must not throw, nor retain or answer the packet.
  // Lanes call their copies of it at the same time: what these share they must protect.
  std::function<bool(const packet&)> holds_several{};

  unmarked_coalescing on_detection = unmarked_coalescing::hand_over;

  [[nodiscard]] bool watches() const noexcept {
    return largest_datagram_bytes != 0 || by_interface_mtu || holds_several;
  }
};

} // namespace ancillary
