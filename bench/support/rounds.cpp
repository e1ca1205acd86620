#include "rounds.hpp"

#include "platform.hpp"

#include <algorithm>
#include <array>
#include <gsl/util>
#include <vector>

namespace ancillary::bench {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::uint32_t most_bytes = 65'507; // of a coalesced buffer

// Enough to touch all memory once; the first buffers cost more.
constexpr std::uint64_t warm_up_buffers = 256;

// A longer queue shows nothing new.
constexpr std::uint64_t most_buffers_drained = 2048;
constexpr std::uint64_t most_drained = 64 * 1024;

// A round checks the clock this often: receiving starts again each time.
constexpr int looks_in_a_round = 8;

class runner {
public:
  runner(const subject_kind& kind, const round_plan& plan, sender_link& sender)
      : plan_(plan), sender_(sender), subject_(kind.make()) {
    wanted_.kind = plan.kind;
    wanted_.datagram_bytes = plan.datagram_bytes;
    wanted_.rate = plan.rate;
    wanted_.flows = plan.flows;
    wanted_.ports = subject_->ports();
    if (kind.coalesces) {
      wanted_.segments = std::min(most_segments, most_bytes / plan.datagram_bytes);
    }
    if (plan.kind == load::drain) {
      find_queue_length();
    }
  }

  // The datagrams of a drain.
  [[nodiscard]] std::uint64_t queue_length() const noexcept { return wanted_.count; }
  void set_queue_length(std::uint64_t datagrams) noexcept { wanted_.count = datagrams; }

  sample run() {
    const auto before = dropped_by_system(wanted_.ports);
    sample sum = plan_.kind == load::drain ? drain() : follow();
    const auto after = dropped_by_system(wanted_.ports);
    if (before && after) {
      sum.dropped = *after - *before;
    }
    return sum;
  }

private:
  struct account {
    std::int64_t processor_ns = receiver_time_ns();
    clock::time_point wall = clock::now();
    std::uint64_t datagrams;
    std::uint64_t allocations = allocation_count();

    explicit account(const subject& of) : datagrams(of.seen().datagrams()) {}

    void add_to(sample& sum, const subject& of) const {
      sum.processor_ns += receiver_time_ns() - processor_ns;
      sum.wall_ns +=
          std::chrono::duration_cast<std::chrono::nanoseconds>(clock::now() - wall).count();
      sum.datagrams += of.seen().datagrams() - datagrams;
      sum.allocations += allocation_count() - allocations;
    }
  };

  // As many as fit with a margin, and as a round has time for; the system reports neither the
  // capacity nor the loss.
  void find_queue_length() {
    wanted_.count = std::uint64_t{most_segments} * wanted_.segments;
    for (;;) {
      const std::uint64_t before = subject_->seen().datagrams();
      const auto start = clock::now();
      sender_.start(wanted_);
      subject_->receive(wanted_.count);
      const std::uint64_t sent = sender_.stop();
      if (sent > wanted_.count || subject_->seen().datagrams() - before < wanted_.count) {
        wanted_.count /= 4; // half of it was the last length that fitted
        catch_up();
        return;
      }
      if (wanted_.count >= std::min(most_drained, most_buffers_drained * wanted_.segments) ||
          clock::now() - start > plan_.duration / 4) {
        return;
      }
      wanted_.count *= 2;
    }
  }

  // Empties the queue after an attempt that did not fit.
  void catch_up() {
    sender_.start(wanted_);
    subject_->receive(wanted_.count);
    static_cast<void>(sender_.stop());
  }

  sample drain() {
    sample sum;
    const processor_time start = receiver_time();
    const auto end = clock::now() + plan_.duration;
    do {
      sender_.start(wanted_);
      const account before(*subject_);
      subject_->receive(wanted_.count);
      before.add_to(sum, *subject_);
      static_cast<void>(sender_.stop());
    } while (clock::now() < end);
    note_user_share(sum, start);
    return sum;
  }

  sample follow() {
    sample sum;
    sender_.start(wanted_);
    const auto warm_up_start = clock::now();
    const std::uint64_t warm_up =
        plan_.kind == load::pace ? plan_.rate / 100 : warm_up_buffers * wanted_.segments;
    subject_->receive(warm_up);
    const processor_time start = receiver_time();
    const auto begin = clock::now();
    const auto warm_ups = plan_.duration / (looks_in_a_round * (begin - warm_up_start));
    const std::uint64_t between_looks =
        warm_up * std::max<std::uint64_t>(1, gsl::narrow_cast<std::uint64_t>(warm_ups));
    do {
      const account before(*subject_);
      subject_->receive(between_looks);
      before.add_to(sum, *subject_);
    } while (clock::now() - begin < plan_.duration);
    note_user_share(sum, start);
    static_cast<void>(sender_.stop());
    return sum;
  }

  static void note_user_share(sample& sum, const processor_time& start) {
    const processor_time now = receiver_time();
    sum.user_ns = now.user_ns - start.user_ns;
    sum.system_ns = now.system_ns - start.system_ns;
  }

  const round_plan& plan_;
  sender_link& sender_;
  std::unique_ptr<subject> subject_;
  traffic wanted_;
};

std::vector<double> of(const std::vector<sample>& samples,
                       double (sample::*what)() const noexcept) {
  std::vector<double> values;
  std::ranges::transform(samples, std::back_inserter(values),
                         [&](const sample& each) { return (each.*what)(); });
  return values;
}

// The ratios of the groups that count. If most are disturbed, that is how the machine is, and all
// count.
std::vector<double> ratios_of(const std::vector<group>& groups) {
  std::vector<double> all;
  std::vector<double> undisturbed;
  for (const group& each : groups) {
    all.push_back(each.ratio());
    if (!each.is_disturbed()) {
      undisturbed.push_back(each.ratio());
    }
  }
  return undisturbed.size() * 2 > all.size() ? undisturbed : all;
}

bool decides(const interval& ratio, std::optional<double> limit) {
  return !limit || ratio.high <= *limit || ratio.low > *limit;
}

} // namespace

bool group::is_disturbed() const noexcept {
  constexpr double most = 1.2;
  const auto differ = [](double a, double b) { return std::max(a, b) > most * std::min(a, b); };
  return differ(rounds[0], rounds[3]) || differ(rounds[1], rounds[2]);
}

outcome compare(const subject_kind& a, const subject_kind& b, const round_plan& plan, measure by,
                sender_link& sender) {
  runner first(a, plan, sender);
  runner second(b, plan, sender);
  // Spreads the cost of a turn over the same number of datagrams for both.
  const std::uint64_t drained = std::min(first.queue_length(), second.queue_length());
  first.set_queue_length(drained);
  second.set_queue_length(drained);
  static_cast<void>(first.run());
  static_cast<void>(second.run());

  std::vector<sample> of_a;
  std::vector<sample> of_b;
  outcome result;
  const auto what = by == measure::rate ? &sample::rate : &sample::ns_each;
  const auto end = clock::now() + plan.time;
  // Looking only after 1, 2, 4, ... times the usual number keeps the chance of a wrong verdict
  // small: each look is another chance.
  for (std::size_t wanted = std::max<std::size_t>(plan.pairs / 2, 1);; wanted *= 2) {
    while (result.groups.size() < wanted) {
      // A B B A: linear drift affects both equally.
      const std::array four{first.run(), second.run(), second.run(), first.run()};
      of_a.insert(of_a.end(), {four[0], four[3]});
      of_b.insert(of_b.end(), {four[1], four[2]});
      group& added = result.groups.emplace_back();
      std::ranges::transform(four, added.rounds.begin(),
                             [&](const sample& each) { return (each.*what)(); });
    }
    const std::vector<double> ratios = ratios_of(result.groups);
    result.left_out = result.groups.size() - ratios.size();
    result.ratio = bootstrap(ratios);
    const auto time_left = end - clock::now();
    if (decides(result.ratio, plan.limit) ||
        time_left < 4 * plan.duration * static_cast<std::int64_t>(wanted)) {
      break;
    }
  }

  result.ns_each = bootstrap(of(of_b, &sample::ns_each));
  result.rate = bootstrap(of(of_b, &sample::rate));
  result.reference_ns_each = bootstrap(of(of_a, &sample::ns_each));
  result.reference_rate = bootstrap(of(of_a, &sample::rate));
  sample sum;
  for (const sample& each : of_b) {
    sum.datagrams += each.datagrams;
    if (each.dropped) {
      sum.dropped = sum.dropped.value_or(0) + *each.dropped;
    }
    sum.allocations += each.allocations;
    sum.user_ns += each.user_ns;
    sum.system_ns += each.system_ns;
  }
  if (sum.user_ns + sum.system_ns > 0) {
    result.user_share =
        static_cast<double>(sum.user_ns) / static_cast<double>(sum.user_ns + sum.system_ns);
  }
  if (sum.dropped) {
    const auto dropped = static_cast<double>(*sum.dropped);
    result.lost = dropped / (dropped + static_cast<double>(sum.datagrams));
  }
  result.allocations = sum.allocations_each();
  result.allocations_of_median_round = median(of(of_b, &sample::allocations_each));
  return result;
}

} // namespace ancillary::bench
