// Lanes on processors (docs/windows.md, row 24).
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include "support/stand_in/stand_in.hpp"
#include <ancillary/recvmsg/lanes.hpp>

#include <atomic>
#include <set>
#include <thread>

using namespace ancillary_test;
using ancillary::lane_options;
using ancillary::lane_steering;
using ancillary::lanes;
using ancillary::packet;

namespace {

std::size_t sockets_of(lanes& group) {
  std::set<asio::ip::udp::socket::native_handle_type> handles;
  for (std::size_t lane = 0; lane < group.size(); ++lane) {
    handles.insert(group.socket(lane).native_handle());
  }
  return handles.size();
}

} // namespace

TEST_CASE("stand-in: row 24, lanes by processor have a socket each or share one, either way: each "
          "datagram is delivered once") {
  stand_in windows(windows_profile::windows_11);
  windows.now.by_processor = GENERATE(from_range(all_processor_sockets));
  const std::size_t processors = std::thread::hardware_concurrency();
  if (processors < 2) {
    SKIP_BECAUSE("one processor");
  }
  const bool shared_port = windows.now.by_processor == processor_sockets::shared_port;
  std::atomic<std::size_t> delivered{0};
  const auto count = [&](const packet&) { ++delivered; };
  const auto check = [&](const lane_options& options, bool one_each) {
    delivered = 0;
    lanes group(loopback_any_port(), count, options);
    CHECK(sockets_of(group) == (one_each ? group.size() : 1));
    for (std::size_t lane = 0; one_each && lane < group.size(); ++lane) {
      CHECK(windows.of(group.socket(lane).native_handle()).processor == lane);
      CHECK(group.socket(lane).local_endpoint() == group.local_endpoint());
    }
    group.start();
    loopback_sender from(group.local_endpoint());
    for (int i = 0; i < 20; ++i) {
      from.send("x");
    }
    CHECK(poll_until([&] { return delivered == 20; }));
    group.stop();
    group.join();
    CHECK(group.counters().datagrams == 20);
  };
  check({.count = processors, .steering = lane_steering::by_cpu}, shared_port);
  // A processor without a socket might lose its datagrams.
  check({.count = processors + 1, .steering = lane_steering::by_cpu}, false);
  check({.count = processors}, false);
}
