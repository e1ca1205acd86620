// What a receive loop has seen so far.
#pragma once

#include <ancillary/recvmsg/receive_error.hpp>

#include <array>
#include <chrono>
#include <cstdint>

namespace ancillary {

// A snapshot. Every number but `kernel_drops` counts since the receiver was made, and never falls.
//
// The account always balances: datagrams = those given to the handler + filtered +
// discarded_on_stop + unmarked_dropped, once no batch is being handed over.
struct receive_counters {
  // What was taken from the system. Each datagram of a coalesced buffer counts, and one that came
  // unmarked counts as one.
  std::uint64_t datagrams = 0;
  std::uint64_t bytes = 0;             // payload bytes in them
  std::uint64_t batches = 0;           // receive calls that brought something
  std::uint64_t coalesced_buffers = 0; // buffers that held more than one datagram

  // Datagrams that the handler was not given.
  std::uint64_t filtered = 0;          // refused by with_filter's predicate, or it threw for them
  std::uint64_t discarded_on_stop = 0; // taken from the system before the receiver was stopped
  std::uint64_t unmarked_dropped = 0;  // those of unmarked_coalesced that the guard dropped

  // What was wrong or missing.
  std::uint64_t unmarked_coalesced = 0; // several datagrams in one, found by the coalescing_guard
  std::uint64_t payload_truncated = 0;  // longer than the payload capacity: the rest is lost
  std::uint64_t control_truncated = 0;  // control buffer too short: some metadata is lost
  std::uint64_t control_malformed = 0;  // control buffers with bytes that make no sense
  std::uint64_t metadata_missing = 0;   // a granted field was not reported for the datagram
  std::uint64_t metadata_duplicate = 0; // messages beyond the first for one field
  std::uint64_t kernel_drops = 0;       // the system's total (field::dropped_total), if asked for
  std::array<std::uint64_t, receive_condition_count> errors{}; // indexed by receive_condition

  // How it went.
  std::uint64_t wakeups = 0;    // turns of the loop; with `datagrams`: how well batching works
  std::uint64_t pauses = 0;     // receiving stopped because all slots were held
  std::uint64_t pool_waits = 0; // turns that had to wait for another receiver of a shared pool
  std::chrono::nanoseconds longest_pool_wait{}; // the longest of these

  [[nodiscard]] std::uint64_t errors_of(receive_condition condition) const noexcept {
    return errors[static_cast<std::size_t>(condition)];
  }
};

} // namespace ancillary
