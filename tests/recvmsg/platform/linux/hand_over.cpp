// One group of lanes takes the port of another over. Both are in this process, which the exchange
// does not notice; examples/restarting_server.py does it with processes.
#include "hand_over_lab.hpp"

using namespace ancillary_test;

TEST_CASE("hand-over: ten times under traffic, each datagram is delivered once and flows keep "
          "their lanes",
          "[lanes]") {
  const hand_over_path path;
  record seen;
  auto running = std::make_unique<lanes>(loopback_any_port(), seen.handlers(), two_lanes());
  const auto endpoint = running->local_endpoint();
  running->start();
  running->hand_over(path.text());
  std::atomic<bool> goes_on = true;
  traffic to(endpoint);
  std::thread sender([&] {
    while (goes_on) {
      to.send(50);
      // What a receive buffer holds besides.
      static_cast<void>(poll_until([&] { return to.sent() - seen.total() < 100 || !goes_on; }));
    }
  });
  for (int i = 0; i < 10; ++i) {
    auto next = std::make_unique<lanes>(endpoint, seen.handlers(), in_place_of(path.text()));
    REQUIRE(next->size() == 2);
    next->start();
    running->join();
    CHECK(running->handed_over());
    CHECK(running->counters().discarded_on_stop == 0);
    running = std::move(next);
    running->hand_over(path.text());
    const auto before = running->counters().datagrams;
    REQUIRE(poll_until([&] { return running->counters().datagrams > before; }));
  }
  goes_on = false;
  sender.join();
  CHECK(poll_until([&] { return seen.total() == to.sent(); }));
  CHECK(seen.each_once());
  CHECK(seen.flows_kept_their_lanes());
  CHECK_FALSE(running->handed_over());
}

TEST_CASE("hand-over: what waits in the sockets waits for the new process", "[lanes]") {
  const hand_over_path path;
  record old_seen;
  record new_seen;
  lanes old_lanes(loopback_any_port(), old_seen.handlers(), two_lanes());
  old_lanes.start();
  old_lanes.hand_over(path.text());
  lanes new_lanes(old_lanes.local_endpoint(), new_seen.handlers(), in_place_of(path.text()));
  traffic to(old_lanes.local_endpoint());
  to.send(40); // nobody receives now
  CHECK(old_seen.total() == 0);
  new_lanes.start();
  CHECK(poll_until([&] { return new_seen.total() == 40; }));
  old_lanes.join();
  CHECK(old_seen.total() == 0);
  CHECK(new_seen.each_once());
}

TEST_CASE("hand-over: the new process steers as it says, not as the old one did", "[lanes]") {
  const hand_over_path path;
  record seen;
  lane_options by_content = two_lanes();
  by_content.steering = ancillary::lane_steering::by_payload({.offset = 8, .length = 1});
  lanes old_lanes(loopback_any_port(), seen.handlers(), by_content);
  old_lanes.start();
  old_lanes.hand_over(path.text());
  const auto send_flows = [&] {
    for (int flow = 0; flow < 64; ++flow) { // all without the byte
      loopback_sender(old_lanes.local_endpoint()).send("12345678");
    }
  };
  send_flows();
  CHECK(poll_until([&] { return old_lanes.counters(0).datagrams == 64; }));
  lanes new_lanes(old_lanes.local_endpoint(), seen.handlers(), in_place_of(path.text()));
  new_lanes.start();
  send_flows();
  CHECK(poll_until([&] { return new_lanes.counters().datagrams == 64; }));
  CHECK(new_lanes.counters(1).datagrams != 0); // 1 of 2^64 runs chooses lane 0 for all
}

TEST_CASE("hand-over: without anybody at the path, the port is opened as usual", "[lanes]") {
  const hand_over_path path;
  record seen;
  SECTION("no file") {}
  SECTION("the socket of a process that was killed") {
    asio::io_context io;
    const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
    asio::local::stream_protocol::endpoint at(path.text());
    REQUIRE(::bind(left, at.data(), static_cast<socklen_t>(at.size())) == 0);
    ::close(left);
  }
  lanes server(loopback_any_port(), seen.handlers(), in_place_of(path.text()));
  server.start();
  server.hand_over(path.text());
  check_receives(server);
  const auto rights = std::filesystem::status(path.text()).permissions();
  CHECK(rights == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("hand-over: the path of the successor stays when the old process ends", "[lanes]") {
  const hand_over_path path;
  record seen;
  auto old_lanes = std::make_unique<lanes>(loopback_any_port(), seen.handlers(), two_lanes());
  old_lanes->start();
  old_lanes->hand_over(path.text());
  lanes new_lanes(old_lanes->local_endpoint(), seen.handlers(), in_place_of(path.text()));
  new_lanes.start();
  old_lanes->join();
  new_lanes.hand_over(path.text());
  old_lanes.reset();
  CHECK(std::filesystem::exists(path.text()));
  lanes third(new_lanes.local_endpoint(), seen.handlers(), in_place_of(path.text()));
  third.start();
  new_lanes.join();
  check_receives(third);
}
