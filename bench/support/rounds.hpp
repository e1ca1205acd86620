// Rounds, and pairs of them.
#pragma once

#include "sender.hpp"
#include "statistics.hpp"
#include "subject.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace ancillary::bench {

struct round_plan {
  load kind = load::drain;
  std::uint32_t datagram_bytes = 64;
  std::uint64_t rate = 20'000; // pace
  std::uint32_t flows = 1;     // number of source ports
  std::chrono::milliseconds duration{200};
  std::size_t pairs = 30; // each of A and B, in the order A B B A
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
  [[nodiscard]] double rate() const noexcept {
    return static_cast<double>(datagrams) * 1e9 / static_cast<double>(wall_ns);
  }
};

struct outcome {
  interval ns_each;
  interval rate;
  interval reference_ns_each;
  interval reference_rate;
  interval ratio; // of the chosen measure, B to A
  double user_share = 0;
  std::optional<double> lost; // fraction of the datagrams that reached the socket
  double allocations = 0;     // per datagram, over all rounds
};

// Compares two receivers on the traffic of `sender`.
[[nodiscard]] outcome compare(const subject_kind& a, const subject_kind& b, const round_plan& plan,
                              measure by, sender_link& sender);

} // namespace ancillary::bench
