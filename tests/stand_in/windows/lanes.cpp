// Lanes on processors (docs/windows.md, row 24).
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include "support/stand_in/stand_in.hpp"
#include <ancillary/recvmsg/lanes.hpp>

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

// Set-up alone: the stand-in serves one thread.
TEST_CASE("stand-in: row 24, lanes by processor have a socket each or share one, either way") {
  stand_in windows(windows_profile::windows_11);
  windows.now.by_processor = GENERATE(from_range(all_processor_sockets));
  const std::size_t processors = std::thread::hardware_concurrency();
  if (processors < 2) {
    SKIP_BECAUSE("one processor");
  }
  const bool shared_port = windows.now.by_processor == processor_sockets::shared_port;
  const auto check = [&](const lane_options& options, bool one_each) {
    lanes group(
        loopback_any_port(), [](const packet&) {}, options);
    CHECK(sockets_of(group) == (one_each ? group.size() : 1));
    for (std::size_t lane = 0; one_each && lane < group.size(); ++lane) {
      CHECK(windows.of(group.socket(lane).native_handle()).processor == lane);
      CHECK(group.socket(lane).local_endpoint() == group.local_endpoint());
    }
  };
  check({.count = processors, .steering = lane_steering::by_cpu}, shared_port);
  // A processor without a socket might lose its datagrams.
  check({.count = processors + 1, .steering = lane_steering::by_cpu}, false);
  check({.count = processors}, false);
}
