#include "receive/loop_statistics.hpp"

#include <ancillary/recvmsg/timestamp.hpp>

#include <algorithm>
#include <bit>
#include <numeric>

namespace ancillary {

std::size_t histogram::bucket_of(std::uint64_t value) noexcept {
  return std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(value)), bucket_count - 1);
}

std::uint64_t histogram::count() const noexcept {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::uint64_t histogram::quantile(double share) const noexcept {
  const double wanted = share * static_cast<double>(count());
  std::uint64_t reached = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    reached += counts[i];
    if (counts[i] != 0) {
      last = i;
      if (static_cast<double>(reached) >= wanted) {
        break;
      }
    }
  }
  return largest(last);
}

namespace detail {

histogram histogram_counter::now() const noexcept {
  histogram made;
  std::ranges::transform(counts_, made.counts.begin(),
                         [](const relaxed_counter& each) { return each.value(); });
  made.sum = sum_.value();
  return made;
}

void loop_statistics::note_batch(std::size_t buffers, const metadata_view& first) noexcept {
  batch_sizes_.add(buffers);
  const auto stamp = first.timestamp();
  if (!stamp) {
    return;
  }
  const auto sent = time_since_unix_epoch(*stamp);
  const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  if (sent && *sent <= now) {
    delays_.add(static_cast<std::uint64_t>((now - *sent).count()));
  }
}

void loop_statistics::end_turn() noexcept {
  const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - turn_began_;
  turn_times_.add(static_cast<std::uint64_t>(took.count()));
}

receive_statistics loop_statistics::now() const noexcept {
  return {batch_sizes_.now(), turn_times_.now(), delays_.now()};
}

} // namespace detail

} // namespace ancillary
