// The writing side of receive_statistics.
#pragma once

#include <ancillary/decoders/metadata_view.hpp>
#include <ancillary/recvmsg/detail/relaxed_counter.hpp>
#include <ancillary/recvmsg/statistics.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ancillary::detail {

class histogram_counter {
public:
  void add(std::uint64_t value) noexcept {
    counts_[histogram::bucket_of(value)].add(1);
    sum_.add(value);
  }
  [[nodiscard]] histogram now() const noexcept;

private:
  std::array<relaxed_counter, histogram::bucket_count> counts_;
  relaxed_counter sum_;
};

// For use by one thread, except now().
class loop_statistics {
public:
  // `first` is the metadata of the batch's first datagram.
  void note_batch(std::size_t buffers, const metadata_view& first) noexcept;

  void begin_turn() noexcept { turn_began_ = std::chrono::steady_clock::now(); }
  void end_turn() noexcept;

  [[nodiscard]] receive_statistics now() const noexcept;

private:
  std::chrono::steady_clock::time_point turn_began_{};
  histogram_counter batch_sizes_, turn_times_, delays_;
};

} // namespace ancillary::detail
