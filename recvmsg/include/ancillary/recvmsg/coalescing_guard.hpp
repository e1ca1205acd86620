// Detects machines that coalesce datagrams without reporting a segment size.
#pragma once

#include <cstdint>
#include <functional>

namespace ancillary {

class packet;

// What happens to a buffer that holds several datagrams without a segment size.
enum class unmarked_coalescing : std::uint8_t {
  hand_over, // as one packet with packet::coalesced_unmarked()
  drop,      // and count it in receive_counters::unmarked_dropped
};

// Some Windows machines deliver coalesced datagrams without the segment size, so that several
// datagrams look like one. No list of these machines exists. The sign is a "single" datagram larger
// than any datagram can be. A guard defines that limit by any of its members; a guard without
// limits does nothing.
//
// A guard works only if coalescing was granted (field::segment_bytes), and only examines buffers
// without a valid segment size. When it finds such a buffer, it disables coalescing on the socket
// before the next receive. Buffers that the system has already coalesced may still arrive and are
// handled in the same way. receive_counters::unmarked_coalesced counts each one.
//
// Anybody who can send to the socket can trigger the guard with an oversized datagram; the only
// effect is that coalescing is disabled.
struct coalescing_guard {
  // The largest payload of a datagram in the protocol, in bytes; 0: the protocol has no limit.
  std::uint32_t largest_datagram_bytes = 0;

  // Limits datagrams to the interface's MTU. Only for protocols that forbid IP fragmentation, as
  // QUIC does: a datagram reassembled from fragments may exceed the MTU and cannot be told from a
  // coalesced buffer. Datagrams from this host's own addresses crossed no interface and are not
  // examined. An MTU below 1,500 bytes counts as 1,500, because an interface may receive larger
  // packets than it sends.
  //
  // field::interface_index selects the interface; if it was not granted, the largest MTU counts.
  bool by_interface_mtu = false;

  // Returns whether a buffer without a segment size holds several datagrams, from knowledge of the
  // protocol. Called on the executor; must not throw, retain the packet or reply to it. Lanes call
  // their copies concurrently: state that the copies share needs synchronization.
  std::function<bool(const packet&)> holds_several{};

  // What happens to a buffer in which the guard found several datagrams.
  unmarked_coalescing on_detection = unmarked_coalescing::hand_over;

  // Whether any member sets a limit.
  [[nodiscard]] bool watches() const noexcept {
    return largest_datagram_bytes != 0 || by_interface_mtu || holds_several;
  }
};

} // namespace ancillary
