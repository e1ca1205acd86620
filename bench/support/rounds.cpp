#include "rounds.hpp"

#include "platform.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace ancillary::bench {

namespace {

using clock = std::chrono::steady_clock;

// A coalesced buffer holds at most 64 datagrams (UDP_MAX_SEGMENTS) and 65,507 bytes.
constexpr std::uint32_t most_segments = 64;
constexpr std::uint32_t most_bytes = 65'507;

// Enough to reach all memory once; the first are dearer.
constexpr std::uint64_t warm_up_datagrams = 4096;

constexpr std::uint64_t most_drained = 64 * 1024;

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

  sample run() { return plan_.kind == load::drain ? drain() : follow(); }

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

  // As many as fit with room to spare; the system says neither how many do nor that some did not.
  void find_queue_length() {
    wanted_.count = std::uint64_t{most_segments} * wanted_.segments;
    for (;;) {
      const std::uint64_t before = subject_->seen().datagrams();
      sender_.start(wanted_);
      subject_->receive(wanted_.count);
      const std::uint64_t sent = sender_.stop();
      if (sent > wanted_.count || subject_->seen().datagrams() - before < wanted_.count) {
        wanted_.count /= 4; // half was the last that fitted
        catch_up(sent);
        return;
      }
      if (wanted_.count >= most_drained ||
          (wanted_.segments == 1 && wanted_.count >= most_drained_singly)) {
        return;
      }
      wanted_.count *= 2;
    }
  }

  // Leaves nothing of an attempt that did not fit in the queue.
  void catch_up(std::uint64_t) {
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
      sum.sent += sender_.stop();
    } while (clock::now() < end);
    note_user_share(sum, start);
    return sum;
  }

  sample follow() {
    sample sum;
    sender_.start(wanted_);
    const std::uint64_t warm_up = plan_.kind == load::pace ? plan_.rate / 100 : warm_up_datagrams;
    subject_->receive(warm_up);
    const processor_time start = receiver_time();
    const auto end = clock::now() + plan_.duration;
    do {
      const account before(*subject_);
      subject_->receive(plan_.kind == load::pace ? plan_.rate / 20 : most_drained);
      before.add_to(sum, *subject_);
    } while (clock::now() < end);
    note_user_share(sum, start);
    sum.sent = sender_.stop();
    return sum;
  }

  static void note_user_share(sample& sum, const processor_time& start) {
    const processor_time now = receiver_time();
    const auto user = static_cast<double>(now.user_ns - start.user_ns);
    const auto system = static_cast<double>(now.system_ns - start.system_ns);
    sum.user_share = user + system > 0 ? user / (user + system) : 0;
  }

  static constexpr std::uint64_t most_drained_singly = 2048;

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

} // namespace

outcome compare(const subject_kind& a, const subject_kind& b, const round_plan& plan, measure by,
                sender_link& sender) {
  runner first(a, plan, sender);
  runner second(b, plan, sender);
  static_cast<void>(first.run());
  static_cast<void>(second.run());

  std::vector<sample> of_a;
  std::vector<sample> of_b;
  std::vector<double> ratios;
  const auto what = by == measure::rate ? &sample::rate : &sample::ns_each;
  for (std::size_t i = 0; i < std::max<std::size_t>(plan.pairs / 2, 1); ++i) {
    // A B B A: what drifts evenly while they run falls on both alike.
    const std::array four{first.run(), second.run(), second.run(), first.run()};
    of_a.insert(of_a.end(), {four[0], four[3]});
    of_b.insert(of_b.end(), {four[1], four[2]});
    ratios.push_back(((four[1].*what)() + (four[2].*what)()) /
                     ((four[0].*what)() + (four[3].*what)()));
  }

  outcome result;
  result.ns_each = bootstrap(of(of_b, &sample::ns_each));
  result.rate = bootstrap(of(of_b, &sample::rate));
  result.reference_ns_each = bootstrap(of(of_a, &sample::ns_each));
  result.reference_rate = bootstrap(of(of_a, &sample::rate));
  result.ratio = bootstrap(ratios);
  std::uint64_t datagrams = 0;
  std::uint64_t sent = 0;
  std::uint64_t allocations = 0;
  std::vector<double> user_shares;
  for (const sample& each : of_b) {
    datagrams += each.datagrams;
    sent += each.sent;
    allocations += each.allocations;
    user_shares.push_back(each.user_share);
  }
  result.user_share = median(user_shares);
  if (plan.kind == load::flood) {
    // The warm-up is in what was sent.
    const std::uint64_t received = datagrams + warm_up_datagrams * of_b.size();
    result.lost =
        sent > received ? 1.0 - static_cast<double>(received) / static_cast<double>(sent) : 0.0;
  }
  result.allocations = static_cast<double>(allocations) / static_cast<double>(datagrams);
  return result;
}

} // namespace ancillary::bench
