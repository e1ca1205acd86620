// Rounds, and pairs of them.
#pragma once

#include "sender.hpp"
#include "statistics.hpp"
#include "subject.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace ancillary::bench {

struct round_plan {
  load kind = load::drain;
  std::uint32_t datagram_bytes = 64;
  std::uint64_t rate = 20'000; // pace
  std::uint32_t flows = 1;     // number of source ports
  std::chrono::milliseconds duration{200};
  std::size_t pairs = 20; // each of A and B, in the order A B B A; at least

  // The limit that the ratio promises to keep, if any: twice as many pairs follow, again and again,
  // while the interval contains it and there is time.
  std::optional<double> limit;
  std::chrono::seconds time{40};
};

// A B B A, by the chosen measure.
struct group {
  std::array<double, 4> rounds{};

  [[nodiscard]] double ratio() const noexcept {
    return (rounds[1] + rounds[2]) / (rounds[0] + rounds[3]);
  }
  // The rule for outliers: something else ran if two rounds of one receiver differ by more than a
  // fifth.
  [[nodiscard]] bool is_disturbed() const noexcept;
};

// The result of one receiver in one round.
struct sample {
  std::uint64_t datagrams = 0;
  std::optional<std::uint64_t> dropped; // by the system, if known
  std::uint64_t allocations = 0;
  std::int64_t processor_ns = 0;
  std::int64_t wall_ns = 0;
  std::int64_t user_ns = 0; // the user part of the sampled time
  std::int64_t system_ns = 0;

  [[nodiscard]] double ns_each() const noexcept {
    return static_cast<double>(processor_ns) / static_cast<double>(datagrams);
  }
  [[nodiscard]] double allocations_each() const noexcept {
    return static_cast<double>(allocations) / static_cast<double>(datagrams);
  }
  [[nodiscard]] double rate() const noexcept {
    return static_cast<double>(datagrams) * 1e9 / static_cast<double>(wall_ns);
  }
};

struct outcome {
  interval ns_each;
  interval rate;
  interval reference_ns_each;
  interval reference_rate;
  interval ratio;            // of the chosen measure, B to A
  std::vector<group> groups; // all, also the disturbed ones
  std::size_t left_out = 0;  // the disturbed ones that `ratio` leaves out
  double user_share = 0;
  std::optional<double> lost; // fraction of the datagrams that reached the socket
  double allocations = 0;     // per datagram, over all rounds
  double allocations_of_median_round = 0;
};

// Compares two receivers on the traffic of `sender`.
[[nodiscard]] outcome compare(const subject_kind& a, const subject_kind& b, const round_plan& plan,
                              measure by, sender_link& sender);

} // namespace ancillary::bench
