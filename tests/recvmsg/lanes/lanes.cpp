// Several threads on one port.

#include "platform/lane_sockets.hpp"
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/filter.hpp>
#include <ancillary/recvmsg/lanes.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ancillary_test;
using ancillary::lanes;
using ancillary::packet;

namespace {

struct message {
  std::uint32_t flow;
  std::uint32_t number;
};

message message_of(const packet& each) {
  message read{};
  std::memcpy(&read, each.payload().data(), std::min(sizeof read, each.payload().size()));
  return read;
}

// The datagrams of one lane; written by one call at a time, read after join().
struct lane_record {
  std::size_t datagrams = 0;
  std::map<std::uint32_t, std::uint32_t> next; // by flow
  bool in_order = true;

  void note(const message& seen) {
    ++datagrams;
    auto& next_number = next[seen.flow];
    in_order = in_order && seen.number >= next_number;
    next_number = seen.number + 1;
  }
};

std::size_t total(const ancillary::receive_counters& now) {
  return static_cast<std::size_t>(now.datagrams);
}

// Sends `each_flow` numbered messages from each of `flows` sockets; waits after each round, so that
// none is dropped.
void send_flows(const lanes& to, std::uint32_t flows, std::uint32_t each_flow) {
  std::vector<std::unique_ptr<loopback_sender>> senders;
  for (std::uint32_t flow = 0; flow < flows; ++flow) {
    senders.push_back(std::make_unique<loopback_sender>(to.local_endpoint()));
  }
  for (std::uint32_t number = 0; number < each_flow; ++number) {
    for (std::uint32_t flow = 0; flow < flows; ++flow) {
      const message next{flow, number};
      senders[flow]->send({reinterpret_cast<const char*>(&next), sizeof next});
    }
    REQUIRE(poll_until([&] { return total(to.counters()) == (number + 1) * flows; }));
  }
}

} // namespace

TEST_CASE("lanes: each datagram reaches one lane, in order within the lane", "[lanes]") {
  std::vector<lane_record> records(4);
  lanes four(loopback_any_port(),
             [&](std::size_t lane) {
               return
                   [&record = records[lane]](const packet& each) { record.note(message_of(each)); };
             },
             {.count = 4});
  REQUIRE(four.size() == 4);
  REQUIRE(four.local_endpoint().port() != 0);
  four.start();
  send_flows(four, 32, 50);
  four.stop();
  four.join();
  std::size_t sum = 0;
  for (std::size_t lane = 0; lane < four.size(); ++lane) {
    CHECK(records[lane].in_order);
    CHECK(records[lane].datagrams == total(four.counters(lane)));
    sum += records[lane].datagrams;
  }
  CHECK(sum == 32 * 50);
  CHECK(total(four.counters()) == sum);
}

TEST_CASE("lanes: one handler is copied for each lane", "[lanes]") {
  std::atomic<std::size_t> delivered = 0;
  lanes two(loopback_any_port(), [&](const packet&) { ++delivered; }, {.count = 2});
  two.start();
  send_flows(two, 8, 20);
  two.stop();
  two.join();
  CHECK(delivered == 160);
}

TEST_CASE("lanes: batch handlers and filters are supported", "[lanes]") {
  std::atomic<std::size_t> delivered = 0;
  lanes two(
      loopback_any_port(),
      ancillary::with_filter([](const packet& each) { return message_of(each).number % 2 == 0; },
                             [&](std::span<const packet> batch) { delivered += batch.size(); }),
      {.count = 2});
  two.start();
  send_flows(two, 4, 10);
  two.stop();
  two.join();
  CHECK(delivered == 20);
  CHECK(two.counters().filtered == 20);
}

TEST_CASE("lanes: receive_control::stop() of one lane stops all lanes", "[lanes]") {
  lanes three(loopback_any_port(),
              [](const packet&, ancillary::receive_control& control) { control.stop(); },
              {.count = 3});
  three.start();
  loopback_sender(three.local_endpoint()).send("x");
  three.join();
  const auto now = three.counters();
  CHECK(now.datagrams == 1);
}

TEST_CASE("lanes: a handler's exception stops all lanes and propagates from join()", "[lanes]") {
  lanes two(loopback_any_port(), [](const packet&) { throw std::runtime_error("mine"); },
            {.count = 2});
  two.start();
  loopback_sender(two.local_endpoint()).send("x");
  REQUIRE_THROWS_WITH(two.join(), "mine");
  two.join(); // rethrown only once
}

TEST_CASE("lanes: can be stopped at any time", "[lanes]") {
  for (int i = 0; i < 20; ++i) {
    lanes never_started(loopback_any_port(), [](const packet&) {}, {.count = 2});
    lanes running(loopback_any_port(), [](const packet&) {}, {.count = 2});
    running.start();
    loopback_sender(running.local_endpoint()).send("x");
  }
}

TEST_CASE("lanes: an error for a port in use names the lane and the step", "[lanes]") {
  asio::io_context io;
  asio::ip::udp::socket taken(io, loopback_any_port());
  REQUIRE_THROWS_WITH(lanes(taken.local_endpoint(), [](const packet&) {}, {.count = 2}),
                      Catch::Matchers::ContainsSubstring("lane 0: binding"));
}

TEST_CASE("lanes: a port that other lanes have is refused, or joined if asked", "[lanes]") {
  const auto ignore = [](const packet&) {};
  for (const auto steering :
       {ancillary::lane_steering::by_flow, ancillary::lane_steering::by_cpu}) {
    lanes first(loopback_any_port(), ignore, {.count = 2, .steering = steering});
    const auto port = std::to_string(first.local_endpoint().port());
    REQUIRE_THROWS_WITH(lanes(first.local_endpoint(), ignore, {.count = 2}),
                        Catch::Matchers::ContainsSubstring("lane 0: binding to port " + port) &&
                            Catch::Matchers::ContainsSubstring("join_used_port"));
    // What failed has left nothing behind: the first still gets everything.
    first.start();
    loopback_sender from(first.local_endpoint());
    for (int i = 0; i < 20; ++i) {
      from.send("x");
    }
    REQUIRE(poll_until([&] { return total(first.counters()) == 20; }));
    if (ancillary::detail::a_socket_for_each_lane()) {
      CHECK_NOTHROW(lanes(first.local_endpoint(), ignore, {.count = 2, .join_used_port = true}));
    }
  }
}

TEST_CASE("lanes: set-up fails without a required field", "[lanes]") {
  const ancillary::lane_options options{
      .count = 2,
      .receive = {.metadata = ancillary::require({ancillary::field::redirect_context})}};
  REQUIRE_THROWS_WITH(lanes(
                          loopback_any_port(), [](const packet&) {}, options),
                      Catch::Matchers::ContainsSubstring("redirect_context"));
}

TEST_CASE("lanes: two groups on port 0 get different ports", "[lanes]") {
  std::set<unsigned> ports;
  std::vector<std::unique_ptr<lanes>> groups;
  for (int i = 0; i < 50; ++i) {
    groups.push_back(std::make_unique<lanes>(
        loopback_any_port(), [](const packet&) {}, ancillary::lane_options{.count = 2}));
    ports.insert(groups.back()->local_endpoint().port());
  }
  CHECK(ports.size() == groups.size());
}

TEST_CASE("lanes: each lane pauses and resumes separately", "[lanes]") {
  std::mutex mutex;
  std::vector<ancillary::retained_packet> held;
  std::atomic<int> paused = 0;
  lanes two(loopback_any_port(),
            [&](const packet& each) {
              const std::lock_guard lock(mutex);
              held.push_back(each.retain());
            },
            {.count = 2, .receive = {.batch = 2, .retainable = 1}});
  two.on_pause([&](std::size_t, bool now) { paused += now ? 1 : -1; });
  two.start();
  loopback_sender from(two.local_endpoint());
  for (int i = 0; i < 20; ++i) {
    from.send("x");
  }
  // Until all have arrived: whenever a lane pauses, releases the held packets.
  std::size_t seen = 0;
  REQUIRE(poll_until([&] {
    const std::lock_guard lock(mutex);
    seen += held.size();
    held.clear();
    return seen == 20;
  }));
  REQUIRE(poll_until([&] { return paused == 0; }));
  two.stop();
  two.join();
  CHECK(total(two.counters()) == 20);
}
