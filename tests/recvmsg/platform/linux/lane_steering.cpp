// Which socket of a group the kernel chooses.

#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/lanes.hpp>

#include <array>
#include <memory>
#include <netinet/udp.h>
#include <sched.h>
#include <string>
#include <sys/socket.h>
#include <vector>

using namespace ancillary_test;
using ancillary::lane_options;
using ancillary::lane_steering;
using ancillary::lanes;
using ancillary::packet;

namespace {

std::vector<std::size_t> counts_of(const lanes& group) {
  std::vector<std::size_t> counts;
  for (std::size_t lane = 0; lane < group.size(); ++lane) {
    counts.push_back(static_cast<std::size_t>(group.counters(lane).datagrams));
  }
  return counts;
}

} // namespace

TEST_CASE("lane_steering by_flow: a flow stays on one lane", "[lanes]") {
  lanes four(
      loopback_any_port(), [](const packet&) {}, lane_options{.count = 4});
  four.start();
  loopback_sender from(four.local_endpoint());
  for (int i = 0; i < 100; ++i) {
    from.send("x");
  }
  REQUIRE(poll_until([&] { return four.counters().datagrams == 100; }));
  std::size_t lanes_used = 0;
  for (const std::size_t count : counts_of(four)) {
    lanes_used += count != 0 ? 1 : 0;
  }
  CHECK(lanes_used == 1);
}

TEST_CASE("lane_steering by_cpu: datagrams of one CPU go to one lane", "[lanes]") {
  cpu_set_t allowed;
  REQUIRE(sched_getaffinity(0, sizeof allowed, &allowed) == 0);
  lanes group(
      loopback_any_port(), [](const packet&) {},
      lane_options{.count = 3, .steering = lane_steering::by_cpu});
  group.start();
  std::vector<std::size_t> expected(3, 0);
  for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) {
      continue;
    }
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
    // On the loopback interface, the sender's CPU also receives. Many flows have different hashes.
    for (int flow = 0; flow < 10; ++flow) {
      loopback_sender(group.local_endpoint()).send("x");
    }
    expected[cpu % 3] += 10;
  }
  sched_setaffinity(0, sizeof allowed, &allowed);
  REQUIRE(poll_until(
      [&] { return group.counters().datagrams == expected[0] + expected[1] + expected[2]; }));
  CHECK(counts_of(group) == expected);
}

TEST_CASE("lane_steering by_payload: the first datagram of a coalesced buffer decides", "[lanes]") {
  const auto steering = lane_steering::by_payload({.offset = 0, .length = 1});
  lanes two(
      loopback_any_port(), [](const packet&) {},
      lane_options{.count = 2,
                   .steering = steering,
                   .receive = {.metadata = ancillary::want({ancillary::field::segment_bytes})}});
  if (!two.metadata().granted().contains(ancillary::field::segment_bytes)) {
    SKIP_BECAUSE("no UDP_GRO");
  }
  two.start();
  loopback_sender from(two.local_endpoint());
  const int segment_bytes = 1;
  if (::setsockopt(from.socket().native_handle(), SOL_UDP, UDP_SEGMENT, &segment_bytes,
                   sizeof segment_bytes) != 0) {
    SKIP_BECAUSE("no UDP_SEGMENT");
  }
  std::array<std::string, 2> keys; // of each lane
  for (char key = 'a'; keys[0].empty() || keys[1].empty(); ++key) {
    keys[*steering.lane_of(std::as_bytes(std::span(&key, 1)), 2)] = key;
  }
  from.send(keys[0] + keys[1] + keys[1]);
  REQUIRE(poll_until([&] { return two.counters().datagrams == 3; }));
  if (two.counters().coalesced_buffers == 0) {
    SKIP_BECAUSE("the kernel split the buffer");
  }
  CHECK(counts_of(two) == std::vector<std::size_t>{3, 0});
  from.send(keys[1] + keys[0] + keys[0]);
  REQUIRE(poll_until([&] { return two.counters().datagrams == 6; }));
  CHECK(counts_of(two) == std::vector<std::size_t>{3, 3});
}
