// Decodes the datagrams of a batch and counts everything received.
#pragma once

#include <ancillary/decoders/detail/header_sequence.hpp>
#include <ancillary/decoders/export.hpp>
#include <ancillary/decoders/layout.hpp>
#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/detail/relaxed_counter.hpp>
#include <ancillary/recvmsg/detail/slot.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/receive_error.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ancillary::detail {

// For use by one thread, except counters().
class ANCILLARY_API batch_account {
public:
  // The fields that each datagram should have, and the layout of their control messages.
  void expect(field_set granted, layout_id layout) noexcept;

  // Decodes the metadata of filled slots, finds their segments and counts them.
  void take(std::span<slot* const> batch) noexcept;

  void count_batch() noexcept { count_.batches.add(1); }
  void count_error(receive_condition condition) noexcept {
    count_.errors[static_cast<std::size_t>(condition)].add(1);
  }
  void count_unmarked(std::uint64_t found, std::uint64_t dropped) noexcept {
    count_.unmarked_coalesced.add(found);
    count_.unmarked_dropped.add(dropped);
  }
  void count_filtered(std::uint64_t datagrams) noexcept { count_.filtered.add(datagrams); }
  void count_discarded(std::uint64_t datagrams) noexcept {
    count_.discarded_on_stop.add(datagrams);
  }
  void count_pause() noexcept { count_.pauses.add(1); }
  void count_wakeup() noexcept { count_.wakeups.add(1); }
  void count_pool_wait(std::chrono::nanoseconds waited) noexcept;

  [[nodiscard]] std::uint64_t datagrams() const noexcept { return count_.datagrams.value(); }
  [[nodiscard]] receive_counters counters() const noexcept;

private:
  struct counter_set {
    relaxed_counter datagrams, bytes, batches, coalesced_buffers, unmarked_coalesced,
        unmarked_dropped, payload_truncated, control_truncated, control_malformed, metadata_missing,
        metadata_duplicate, filtered, discarded_on_stop, kernel_drops, pauses, wakeups, pool_waits,
        longest_pool_wait_ns;
    std::array<relaxed_counter, receive_condition_count> errors;
  };

  [[nodiscard]] bool decode(slot& each) noexcept;
  [[nodiscard]] bool is_ordinary(const metadata_view& metadata) const noexcept;
  [[nodiscard]] std::size_t examine(slot& each) noexcept;

  layout_id layout_ = layouts::native::id;
  field_set expected_{}; // granted fields that every datagram reports

  // The headers of a recent datagram, which the next one probably has too, and whether such a
  // buffer needs no further inspection.
  header_sequence<layouts::native> expected_headers_;
  bool expected_is_ordinary_ = false;

  counter_set count_;
};

// The number of datagrams in a slot, counted from this byte of its payload.
[[nodiscard]] ANCILLARY_API std::uint64_t datagrams_in(const slot& from,
                                                       std::size_t offset_bytes) noexcept;

} // namespace ancillary::detail
