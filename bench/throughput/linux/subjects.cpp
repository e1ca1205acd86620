#include "../../support/report.hpp"
#include "../portable_subjects.hpp"
#include "bare_subjects.hpp"

#include <iterator>

namespace ancillary::bench {

std::vector<subject_kind> subjects() {
  std::vector<subject_kind> all = bare_subjects();
  for (auto&& more : {portable_subjects(), drain_subjects(), libuv_subjects()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

std::vector<comparison_set> usual_comparisons() {
  constexpr bool quick = true;
  std::vector<comparison> drained{
      {"recvmmsg", "recvmmsg", quick}, // a control: should show no difference
      {"ours", "epoll", quick},
      {"ours", "recvmmsg"}, // with the cost of epoll
      {"ours-batch", "recvmmsg"},
      {"ours-async", "epoll"},
      {"ours-drain", "epoll"},
      {"ours", "asio", quick},
      {"asio", "recvmmsg"},
      {"recvmsg", "recvmmsg"},
      {"epoll", "recvmmsg"},
      {"recvmmsg-none", "recvmmsg"},
      {"recvmmsg-pktinfo", "recvmmsg-none"},
      {"recvmmsg-ttl", "recvmmsg-none"},
      {"recvmmsg-tos", "recvmmsg-none"},
      {"recvmmsg-timestamp", "recvmmsg-none"},
      {"recvmmsg-gro", "recvmmsg-gro", quick}, // a control
      {"ours-gro", "epoll-gro", quick},
      {"ours-gro", "recvmmsg-gro"},
      {"ours-gro-batch", "recvmmsg-gro"},
      {"ours-gro-4", "recvmmsg-gro"},
      {"ours-gro-16", "recvmmsg-gro"},
      {"ours-gro-64", "recvmmsg-gro"},
      {"ours-gro-single", "ours"},
      {"ours-gro-single-64", "ours"},
      {"recvmmsg-gro-none", "recvmmsg-gro"},
      {"recvmmsg-gro-4", "recvmmsg-gro"},
      {"recvmmsg-gro-16", "recvmmsg-gro"},
  };
  for (const subject_kind& each : libuv_subjects()) {
    drained.push_back({each.name, "recvmmsg"});
  }
  return {
      {"drain", drained},
      {"flood",
       {{"ours", "recvmmsg"},
        {"ours", "asio"},
        {"asio", "recvmmsg"},
        {"ours-gro", "recvmmsg-gro"},
        {"ours-gro", "epoll-gro", quick},
        {"epoll-gro", "recvmmsg-gro"}}},
      {"pace",
       {{"recvmmsg", "recvmmsg", quick}, // a control
        {"ours", "recvmmsg"},
        {"ours", "epoll", quick},
        {"epoll", "recvmmsg"},
        {"asio", "recvmmsg"}},
       {64}},
  };
}

std::string program_name() { return "throughput"; }

void add_other_figures(report&) {}

measure usual_measure() noexcept { return measure::processor_time; }

} // namespace ancillary::bench
