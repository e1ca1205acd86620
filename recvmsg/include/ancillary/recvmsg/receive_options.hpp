// The options of a receiver.
#pragma once

#include <ancillary/recvmsg/coalescing_guard.hpp>
#include <ancillary/recvmsg/log.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/outgoing.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace ancillary {

class slot_pool;

// How a receiver, an async_receiver, a drain or a lane receives. The defaults suit small datagrams.
struct receive_options {
  static constexpr std::size_t default_batch = 64;          // datagrams of a receive call
  static constexpr std::size_t default_coalesced_batch = 8; // of 64 KiB, few enough for the cache

  // The fields to request; none by default.
  metadata_request metadata{};

  // Datagrams or coalesced buffers per receive call. 0: default_batch, or default_coalesced_batch
  // if coalescing was granted.
  std::size_t batch = 0;

  // Payload bytes of a slot; a longer datagram is truncated and flagged. 0: 2,048, or 65,535 if
  // coalescing was granted, because a slot must hold a whole coalesced buffer. With smaller slots
  // Windows coalesces less; Linux has no such limit, and field::segment_bytes is refused.
  std::size_t payload_capacity = 0;

  // Slots in addition to the batch, for packets kept by retain().
  std::size_t retainable = 0;

  // Batches per turn, before other handlers of the executor run. 0: as many as fit into 256 slots,
  // 4 with the default batch.
  std::size_t budget_batches = 0;

  // The duration of a turn: it ends after the first batch that exceeds it, counted from the first
  // batch if that one may have emptied the socket. So a turn lasts for this and two batches at
  // most, and a timer on the same executor can wait for two turns. 0: only `budget_batches` limits
  // a turn, as in a `drain`.
  std::chrono::nanoseconds turn_time = std::chrono::milliseconds(2);

  // SO_RCVBUF in bytes; 0 keeps the system's default.
  int receive_buffer_bytes = 0;

  // Whether an IPv6 socket that the receiver opens also receives IPv4. On Windows such a socket has
  // exclusive use of its port (SO_EXCLUSIVEADDRUSE), because an IPv4 socket on the port would
  // receive its IPv4 datagrams. Ignored for adopted sockets.
  bool dual_stack = false;

  // Windows: report ICMP errors for earlier sends to the error handler. By default they are
  // disabled (SIO_UDP_CONNRESET, SIO_UDP_NETRESET), as on an unconnected Linux socket.
  bool icmp_errors = false;

  // Reports for which datagram an error is, in receive_error::detail: IP_RECVERR and IPV6_RECVERR.
  // Linux then also reports ICMP errors to an unconnected socket, and errors take up room in its
  // receive buffer: if that is full, the system keeps only the latest, without a detail. Windows
  // (SDK 10.0.25290 and later; its behavior is not documented): implies `icmp_errors`, also where
  // it refuses the option. metadata().error_detail() has the system's answer.
  bool error_detail = false;

  // Detects machines that coalesce without reporting a segment size; disabled by default. For use
  // with field::segment_bytes.
  coalescing_guard guard{};

  // For packet::reply().
  full_send_buffer on_full_send_buffer = full_send_buffer::drop;

  // Sends consecutive replies of one batch that have the same size and peer as one segmented
  // payload if the system supports it (UDP_SEGMENT, UDP_SEND_MSG_SIZE).
  bool segment_replies = false;

  // As sender_options::segment_offload, for replies.
  bool segment_offload = true;

  // Measures batch sizes, turns and delays: statistics() (statistics.hpp). Costs 170
  // instructions for a turn of one receive call (callgrind, GCC 12), with its clock calls, and
  // nothing for each datagram.
  bool statistics = false;

  // Told what set-up does and what the system refuses; null by default. A receiver that opens its
  // socket, an adopted socket, each of several lanes: all tell.
  log_sink log{};

  // Slots shared with other receivers, which replace `batch`, `payload_capacity` and `retainable`.
  // Null: the receiver makes its own pool from those.
  std::shared_ptr<slot_pool> pool{};
};

} // namespace ancillary
