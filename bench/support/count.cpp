#include "count.hpp"

#include "counted.hpp"
#include "traffic.hpp"

#include <exception>

namespace ancillary::bench {

namespace {

// Four batches, which every system's receive buffer holds.
constexpr std::uint64_t queued = 256;
constexpr std::uint64_t queued_buffers = 32;

// Enough for what happens once: memory that is touched for the first time, predictions.
constexpr unsigned warm_up_rounds = 4;

class counted_subject {
public:
  explicit counted_subject(const subject_kind& kind) : subject_(kind.make()) {
    wanted_.ports = subject_->ports();
    if (kind.coalesces) {
      wanted_.segments = most_segments;
    }
    source_ = make_datagram_source(wanted_);
  }

  // Every round finds this many datagrams in the queue.
  void run(const std::string& name, std::uint64_t datagrams) {
    for (unsigned i = 0; i < warm_up_rounds; ++i) {
      fill(datagrams);
      subject_->receive(datagrams);
    }
    announce_count(name, datagrams);
    for (unsigned i = 0; i < counted_rounds; ++i) {
      fill(datagrams);
      count_round([&] { subject_->receive(datagrams); });
    }
  }

  [[nodiscard]] std::uint64_t ports() const noexcept { return wanted_.ports.size(); }
  [[nodiscard]] std::uint64_t segments() const noexcept { return wanted_.segments; }

private:
  void fill(std::uint64_t datagrams) {
    for (std::uint64_t sent = 0; sent < datagrams;) {
      sent += source_->send(datagrams - sent);
    }
  }

  std::unique_ptr<subject> subject_;
  traffic wanted_;
  std::unique_ptr<datagram_source> source_;
};

} // namespace

void run_counted(const std::vector<subject_kind>& subjects) {
  for (const subject_kind& each : subjects) {
    if (!each.counted) {
      continue;
    }
    try {
      counted_subject of(each);
      if (of.ports() > 1) {
        of.run(each.name, of.ports()); // one datagram for each socket
      } else if (each.coalesces) {
        of.run(each.name, queued_buffers * of.segments());
      } else {
        of.run(each.name + "/" + std::to_string(queued), queued);
        of.run(each.name + "/1", 1); // one datagram per wake-up
      }
    } catch (const std::exception& error) {
      announce_no_count(each.name, error.what());
    }
  }
}

} // namespace ancillary::bench
