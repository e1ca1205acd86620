// How a receiver is to be set up.
#pragma once

#include <ancillary/recvmsg/coalescing_guard.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/outgoing.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace ancillary {

class slot_pool;

struct receive_options {
  // What to ask the system for; nothing by default.
  metadata_request metadata{};

  // Datagrams (or coalesced buffers) taken in one go. 0: 64, and 8 when coalescing was granted.
  std::size_t batch = 0;

  // Payload bytes of one slot; what is longer is cut off and flagged. 0: 2,048, and 65,535 when
  // coalescing was granted, where a slot must hold a whole coalesced buffer. In smaller slots
  // Windows coalesces less, and Linux, which cannot, refuses field::segment_bytes.
  std::size_t payload_capacity = 0;

  // Slots beyond the batch, for packets that outlive their handler by retain().
  std::size_t retainable = 0;

  // Batches taken in one turn of the executor before its other handlers are given theirs. 0: as
  // many as 256 slots make, 4 by default.
  std::size_t budget_batches = 0;

  // The time that a turn may take: it ends with the first batch that goes beyond. A timer of the
  // same executor is late by this and one batch at most. 0: `budget_batches` alone counts.
  std::chrono::nanoseconds turn_time = std::chrono::milliseconds(2);

  // SO_RCVBUF in bytes; 0 leaves the system's default.
  int receive_buffer_bytes = 0;

  // An IPv6 socket that the receiver opens also takes IPv4. An adopted socket is left as it is.
  bool dual_stack = false;

  // Windows: let ICMP errors that answer earlier sends come to the error handler. By default they
  // are switched off (SIO_UDP_CONNRESET, SIO_UDP_NETRESET), as on an unconnected Linux socket.
  bool icmp_errors = false;

  // What gives away a machine that coalesces without saying so; by default nothing does. For those
  // who ask for field::segment_bytes.
  coalescing_guard guard{};

  // For packet::reply().
  full_send_buffer on_full_send_buffer = full_send_buffer::drop;

  // Replies of one size to one peer, made one after the other in one batch, leave as one segmented
  // payload where the system can (UDP_SEGMENT, UDP_SEND_MSG_SIZE).
  bool segment_replies = false;

  // Slots shared with other receivers; empty: the receiver makes its own, and `batch`,
  // `payload_capacity` and `retainable` count. With a pool they are the pool's.
  std::shared_ptr<slot_pool> pool{};
};

} // namespace ancillary
