// The counters of a receive loop.
#pragma once

#include <ancillary/recvmsg/receive_error.hpp>

#include <array>
#include <chrono>
#include <cstdint>

namespace ancillary {

// A snapshot. Each number except `kernel_drops` counts from the receiver's construction and never
// decreases.
//
// When no batch is being delivered, datagrams = those delivered to the handler + filtered +
// discarded_on_stop + unmarked_dropped + lane_queue_full.
struct receive_counters {
  // Received from the system. Each datagram of a coalesced buffer counts; an unmarked coalesced
  // buffer counts as one.
  std::uint64_t datagrams = 0;
  std::uint64_t bytes = 0;             // payload bytes of these datagrams
  std::uint64_t batches = 0;           // receive calls that returned datagrams
  std::uint64_t coalesced_buffers = 0; // buffers that held more than one datagram

  // Datagrams that the handler did not receive.
  std::uint64_t filtered = 0;          // rejected by a with_filter predicate, or it threw
  std::uint64_t discarded_on_stop = 0; // received, but not delivered before stop()
  std::uint64_t unmarked_dropped = 0;  // the unmarked_coalesced that the guard dropped
  std::uint64_t lane_queue_full = 0; // steered to a lane whose queue was full (lane_options::queue)

  // Defects.
  std::uint64_t unmarked_coalesced = 0; // found by the coalescing_guard
  std::uint64_t payload_truncated = 0;  // longer than the payload capacity: truncated
  std::uint64_t control_truncated = 0;  // control buffer too small: some metadata is lost
  std::uint64_t control_malformed = 0;  // control buffers with invalid contents
  std::uint64_t metadata_missing = 0;   // datagrams that lack a granted field
  std::uint64_t metadata_duplicate = 0; // messages beyond the first for one field
  std::uint64_t kernel_drops = 0;       // the system's total, if field::dropped_total is granted
  std::array<std::uint64_t, receive_condition_count> errors{}; // indexed by receive_condition

  // Scheduling.
  std::uint64_t wakeups = 0;    // turns of the loop; datagrams / wakeups shows the batching
  std::uint64_t pauses = 0;     // times that receiving paused because all slots were held
  std::uint64_t pool_waits = 0; // turns that waited for another receiver of a shared pool
  std::chrono::nanoseconds longest_pool_wait{}; // the longest such wait

  // The number of errors with this condition.
  [[nodiscard]] std::uint64_t errors_of(receive_condition condition) const noexcept {
    return errors[static_cast<std::size_t>(condition)];
  }
};

} // namespace ancillary
