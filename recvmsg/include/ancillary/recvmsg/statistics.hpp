// What a receive loop measures about itself, if receive_options::statistics asks for it.
#pragma once

#include <ancillary/decoders/export.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace ancillary {

// How often values occurred, by powers of two: a bucket's largest value is less than twice its
// smallest.
struct ANCILLARY_API histogram {
  // The number of buckets.
  static constexpr std::size_t bucket_count = 40;

  // counts[0]: the value 0; counts[i]: values from 2^(i-1) to 2^i - 1. The last bucket also has
  // all values above: for nanoseconds, those from 275 seconds.
  std::array<std::uint64_t, bucket_count> counts{};
  std::uint64_t sum = 0; // of all values

  // The bucket of a value.
  [[nodiscard]] static std::size_t bucket_of(std::uint64_t value) noexcept;
  // The largest value of a bucket other than the last.
  [[nodiscard]] static std::uint64_t largest(std::size_t bucket) noexcept {
    return (std::uint64_t{1} << bucket) - 1;
  }

  // The number of values.
  [[nodiscard]] std::uint64_t count() const noexcept;

  // The largest value of the bucket in which this share of the values, from 0 to 1, is reached: at
  // most twice the true quantile, except in the last bucket. 0 without values.
  [[nodiscard]] std::uint64_t quantile(double share) const noexcept;
};

// A snapshot; no number ever decreases.
struct receive_statistics {
  // Datagrams or coalesced buffers for each receive call that returned any. Values near
  // receive_options::batch: the receiver is at its limit.
  histogram batch_sizes;

  // Nanoseconds from the beginning of a turn, when the executor calls the loop, until its last
  // batch is handled: what other handlers of the executor wait for. One value for each
  // receive_counters::wakeups that received.
  histogram turn_times;

  // Nanoseconds from the timestamp of the first datagram of a receive call until its delivery: the
  // time in the receive queue and the scheduling delay. Needs field::timestamp; a timestamp that
  // time_since_unix_epoch() cannot convert, or that is later than the system clock, is not in it.
  histogram delays;
};

} // namespace ancillary
