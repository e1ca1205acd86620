// The counters of sending.
#pragma once

#include <cstdint>

namespace ancillary {

// A snapshot; no number ever decreases. Each datagram passed in is counted by `datagrams`,
// `errors`, `dropped` or `refused`, or is still pending.
struct send_counters {
  std::uint64_t datagrams = 0; // accepted by the system; each datagram of a segmented payload
  std::uint64_t bytes = 0;     // payload bytes of these datagrams
  std::uint64_t calls = 0;     // send calls; Linux: without retries and pieces
  std::uint64_t send_buffer_full = 0; // times that the send buffer was full
  std::uint64_t errors = 0;  // refused by the system, or invalid; a payload of which some pieces
                             // were sent counts once
  std::uint64_t dropped = 0; // replies dropped: send buffer full, or receiver stopped
  std::uint64_t refused = 0; // replies to a remote that outgoing::is_reply excludes

  // Not as requested. Counted when the system refuses, so before the datagram is sent or dropped.
  std::uint64_t without_interface = 0;     // the system refused the interface
  std::uint64_t without_source = 0;        // the system refused the source address
  std::uint64_t without_traffic_class = 0; // the system refused the DSCP or the ECN
  std::uint64_t without_hop_limit = 0; // the system refused the hop limit; the socket's was used
  std::uint64_t source_unknown = 0;    // replies to requests without a known destination
  std::uint64_t segments_refused = 0;  // payloads that the library had to split itself

  // Errors of earlier datagrams reported by a send call (IP_RECVERR, a connected socket). A second
  // call then sent its own datagrams. Linux.
  std::uint64_t earlier_errors = 0;
};

} // namespace ancillary
