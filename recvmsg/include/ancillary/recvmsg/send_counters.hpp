// What was sent so far, and what was not.
#pragma once

#include <cstdint>

namespace ancillary {

// A snapshot; no number ever falls. Each datagram that was handed over is one of `datagrams`,
// `errors` or `dropped`, or is still waiting.
struct send_counters {
  std::uint64_t datagrams = 0;        // taken by the system; each datagram of a segmented payload
  std::uint64_t bytes = 0;            // payload bytes in them
  std::uint64_t calls = 0;            // send calls, also those that took nothing
  std::uint64_t send_buffer_full = 0; // times that the system had no room
  std::uint64_t errors = 0;           // refused by the system, or not fit to be sent
  std::uint64_t dropped = 0; // replies given up: no room for them, or the receiver was stopped

  // Sent, but not as was asked for.
  std::uint64_t without_interface = 0;     // by another way: the system refused the interface
  std::uint64_t without_source = 0;        // from another address: the system refused the source
  std::uint64_t without_traffic_class = 0; // the system takes no DSCP, or no ECN, of a program
  std::uint64_t without_hop_limit = 0; // with the socket's hop limit: the system refused another
  std::uint64_t source_unknown = 0;    // replies whose request's destination is not known
  std::uint64_t segments_refused = 0;  // payloads that the library had to cut up itself

  // Errors of earlier datagrams that a send call was told (IP_RECVERR, a connected socket). Its own
  // datagrams were sent by a second call. Linux.
  std::uint64_t earlier_errors = 0;
};

} // namespace ancillary
