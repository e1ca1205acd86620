// A hand-over in which something fails: whoever can, goes on.
#include "faulty_call.hpp"
#include "hand_over_lab.hpp"

using namespace ancillary_test;
using ancillary::detail::system_calls;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("hand-over: if the new process fails, the old one goes on", "[lanes]") {
  const hand_over_path path;
  record seen;
  lanes old_lanes(loopback_any_port(), seen.handlers(), two_lanes());
  old_lanes.start();
  old_lanes.hand_over(path.text());
  traffic to(old_lanes.local_endpoint());

  SECTION("in set-up") {
    lane_options options = in_place_of(path.text());
    options.receive.metadata.require({ancillary::field::redirect_context});
    CHECK_THROWS_WITH(lanes(old_lanes.local_endpoint(), seen.handlers(), options),
                      ContainsSubstring("redirect_context"));
  }
  SECTION("before start()") {
    lanes never_started(old_lanes.local_endpoint(), seen.handlers(), in_place_of(path.text()));
    to.send(20);
  }
  SECTION("with another number of lanes") {
    lane_options options = in_place_of(path.text());
    options.count = 3;
    CHECK_THROWS_WITH(lanes(old_lanes.local_endpoint(), seen.handlers(), options),
                      ContainsSubstring("2 lanes, but lane_options::count is 3") &&
                          ContainsSubstring(path.text()));
  }
  SECTION("with another endpoint") {
    const asio::ip::udp::endpoint other(asio::ip::address_v4::loopback(), 9);
    CHECK_THROWS_WITH(lanes(other, seen.handlers(), in_place_of(path.text())),
                      ContainsSubstring(std::to_string(old_lanes.local_endpoint().port())) &&
                          ContainsSubstring("not to 127.0.0.1:9"));
  }
  to.send(20);
  CHECK(poll_until([&] { return seen.total() == to.sent(); }));
  CHECK(seen.each_once());
  CHECK_FALSE(old_lanes.handed_over());
  // And can be taken over again.
  lanes new_lanes(old_lanes.local_endpoint(), seen.handlers(), in_place_of(path.text()));
  new_lanes.start();
  old_lanes.join();
  check_receives(new_lanes);
}

TEST_CASE("hand-over: what a failed process changed on the sockets is undone", "[lanes]") {
  const hand_over_path path;
  record seen;
  lanes old_lanes(loopback_any_port(), seen.handlers(), two_lanes());
  old_lanes.start();
  old_lanes.hand_over(path.text());
  {
    lane_options other = in_place_of(path.text());
    other.steering = ancillary::lane_steering::by_payload({.offset = 8, .length = 1});
    other.receive.metadata.want({ancillary::field::segment_bytes});
    const lanes never_started(old_lanes.local_endpoint(), seen.handlers(), other);
  }
  check_receives(old_lanes); // again
  // Coalesced, two of these would not fit into a slot.
  loopback_sender segments(old_lanes.local_endpoint());
  const int segment_bytes = 1400;
  if (::setsockopt(segments.socket().native_handle(), SOL_UDP, UDP_SEGMENT, &segment_bytes,
                   sizeof segment_bytes) == 0) {
    segments.send(std::string(3 * segment_bytes, 'x'));
    CHECK(poll_until([&] { return old_lanes.counters().datagrams == 4; }));
    CHECK(old_lanes.counters().payload_truncated == 0);
  }
  const auto before = old_lanes.counters();
  const auto before_of_1 = old_lanes.counters(1).datagrams;
  for (int flow = 0; flow < 64; ++flow) { // without the byte: by content, all to lane 0
    loopback_sender(old_lanes.local_endpoint()).send("12345678");
  }
  CHECK(poll_until([&] { return old_lanes.counters().datagrams == before.datagrams + 64; }));
  CHECK(old_lanes.counters(1).datagrams > before_of_1);
}

TEST_CASE("hand-over: stop() while another process sets up is a stop for good", "[lanes]") {
  const hand_over_path path;
  record seen;
  lanes old_lanes(loopback_any_port(), seen.handlers(), two_lanes());
  old_lanes.start();
  old_lanes.hand_over(path.text());
  {
    lanes never_started(old_lanes.local_endpoint(), seen.handlers(), in_place_of(path.text()));
    old_lanes.stop();
  }
  old_lanes.join();
  CHECK_FALSE(old_lanes.handed_over());
}

TEST_CASE("hand-over: if the old process ends meanwhile, the new one goes on", "[lanes]") {
  const hand_over_path path;
  record seen;
  std::optional<lanes> old_lanes(std::in_place, loopback_any_port(), seen.handlers(), two_lanes());
  const auto endpoint = old_lanes->local_endpoint();
  old_lanes->start();
  old_lanes->hand_over(path.text());
  traffic to(endpoint);
  std::optional<lanes> new_lanes;
  SECTION("destroyed") {
    new_lanes.emplace(endpoint, seen.handlers(), in_place_of(path.text()));
    to.send(20);
    old_lanes.reset();
    CHECK_FALSE(std::filesystem::exists(path.text()));
  }
  SECTION("finished before") {
    old_lanes->finish();
    to.send(20);
    new_lanes.emplace(endpoint, seen.handlers(), in_place_of(path.text()));
  }
  SECTION("stopped") {
    new_lanes.emplace(endpoint, seen.handlers(), in_place_of(path.text()));
    old_lanes->stop();
    to.send(20);
  }
  new_lanes->start();
  if (old_lanes) {
    old_lanes->join();
  }
  CHECK(poll_until([&] { return seen.total() == 20; }));
  CHECK(seen.each_once());
}

TEST_CASE("hand-over: a lane that is busy, and a process that gives up, harm no lane", "[lanes]") {
  const hand_over_path path;
  std::atomic<bool> blocks = true;
  std::atomic<bool> is_blocked = false;
  std::atomic<std::size_t> received = 0;
  lane_options options = two_lanes();
  options.steering = ancillary::lane_steering::by_payload({.offset = 0, .length = 1});
  lanes old_lanes(
      loopback_any_port(),
      [&](const packet& each) {
        is_blocked = is_blocked || each.payload().front() == std::byte{'b'};
        while (blocks && each.payload().front() == std::byte{'b'}) {
          std::this_thread::yield();
        }
        ++received;
      },
      options);
  old_lanes.start();
  old_lanes.hand_over(path.text());
  loopback_sender from(old_lanes.local_endpoint());
  from.send("b"); // its lane stays in the handler
  REQUIRE(poll_until([&] { return is_blocked.load(); }));
  {
    // As a process that asks and is killed.
    asio::io_context io;
    asio::local::stream_protocol::socket successor(io);
    successor.connect(asio::local::stream_protocol::endpoint(path.text()));
    const auto say = [&](std::string_view text) {
      std::array<char, 128> frame{}; // two numbers, the text
      const auto bytes = static_cast<std::uint32_t>(text.size());
      std::memcpy(frame.data(), &bytes, sizeof bytes);
      text.copy(frame.data() + 8, text.size());
      asio::write(successor, asio::buffer(frame));
    };
    say("take 1");
    std::array<char, 128> answer{};
    asio::read(successor, asio::buffer(answer)); // the sockets are closed with it
    CHECK(std::string_view(answer.data() + 8).starts_with("sockets 2"));
    say("stop");
    std::this_thread::sleep_for(std::chrono::milliseconds(20)); // any time gives the same result
  }
  // The other lane receives all that is its own.
  const auto lane_of = [&](const char* text) {
    return options.steering.lane_of(std::as_bytes(std::span(text, 1)), 2);
  };
  std::size_t of_the_other = 0;
  for (const char* each : {"a", "c", "d", "e", "f", "g", "h", "i", "j", "k"}) {
    of_the_other += lane_of(each) != lane_of("b") ? 1U : 0U;
    from.send(each);
  }
  REQUIRE(of_the_other > 1);
  CHECK(poll_until([&] { return received == of_the_other; }));
  blocks = false;
  CHECK(poll_until([&] { return received == 11; }));
}

TEST_CASE("hand-over: wrong paths are errors that name them", "[lanes]") {
  record seen;
  const std::string too_long(200, 'x');
  CHECK_THROWS_WITH(lanes(loopback_any_port(), seen.handlers(), in_place_of(too_long)),
                    ContainsSubstring(too_long) && ContainsSubstring("ENAMETOOLONG"));
  lanes server(loopback_any_port(), seen.handlers(), two_lanes());
  server.start();
  CHECK_THROWS_WITH(server.hand_over(too_long), ContainsSubstring("ENAMETOOLONG"));
  CHECK_THROWS_WITH(server.hand_over("/no such folder/path"), ContainsSubstring("ENOENT"));
  const hand_over_path no_socket;
  std::ofstream(no_socket.text()) << "text";
  // A file that is no socket, at which nobody can listen.
  lanes opened(loopback_any_port(), seen.handlers(), in_place_of(no_socket.text()));
  check_receives((opened.start(), opened));
}

TEST_CASE("hand-over: who does not speak its language is refused, and the owner goes on",
          "[lanes]") {
  const hand_over_path path;
  record seen;
  lanes server(loopback_any_port(), seen.handlers(), two_lanes());
  server.start();
  server.hand_over(path.text());
  asio::io_context io;
  for (const std::string& said :
       {std::string("GET / HTTP/1.1\r\n\r\n"), std::string(4096, '\xff'), std::string()}) {
    asio::local::stream_protocol::socket stranger(io);
    stranger.connect(asio::local::stream_protocol::endpoint(path.text()));
    asio::write(stranger, asio::buffer(said));
    stranger.shutdown(asio::socket_base::shutdown_send);
    std::error_code end;
    std::array<char, 4096> answer{};
    while (!end) {
      stranger.read_some(asio::buffer(answer), end);
    }
  }
  check_receives(server);
}

namespace {

// A hand-over with a fault. Afterwards all datagrams arrive, each once. Returns what the new
// process failed with, or nothing.
template <class Fault>
std::string hand_over_with(fault_plan plan, int* calls_before = nullptr) {
  const hand_over_path path;
  record seen;
  const Fault fault(std::move(plan)); // before and after the threads that make the calls
  lanes old_lanes(loopback_any_port(), seen.handlers(), two_lanes());
  old_lanes.start();
  old_lanes.hand_over(path.text());
  if (calls_before != nullptr) {
    *calls_before = fault.calls();
  }
  std::optional<lanes> new_lanes;
  std::string problem;
  try {
    new_lanes.emplace(old_lanes.local_endpoint(), seen.handlers(), in_place_of(path.text()));
    new_lanes->start();
  } catch (const std::system_error& error) {
    new_lanes.reset();
    problem = error.what();
  }
  traffic to(old_lanes.local_endpoint());
  to.send(20);
  CHECK(poll_until([&] { return seen.total() == 20; }));
  CHECK(seen.each_once());
  CHECK(poll_until([&] { return old_lanes.handed_over() == problem.empty(); }));
  return problem;
}

} // namespace

TEST_CASE("hand-over: whichever system call fails, one of the two receives", "[lanes]") {
  for (int at = 1; at <= 7; ++at) { // messages of both sides
    CAPTURE(at);
    CHECK_THAT(hand_over_with<faulty_call<&system_calls::sendmsg>>({.at = at, .error = ENOBUFS}),
               ContainsSubstring("taking over from the process at"));
  }
  for (int at = 1; at <= 12; ++at) { // and of looks whether the connection is open
    CAPTURE(at);
    hand_over_with<faulty_call<&system_calls::recvmsg>>({.at = at, .error = ENOMEM});
  }
  CHECK(hand_over_with<faulty_call<&system_calls::sendmsg>>({}).empty());
}

TEST_CASE("hand-over: a peer that cannot be identified gets nothing", "[lanes]") {
  using fault = faulty_call<&system_calls::getsockopt>;
  int calls_before = 0;
  CHECK(hand_over_with<fault>({}, &calls_before).empty());
  for (int which = 1; which <= 2; ++which) { // each side asks
    CHECK_FALSE(hand_over_with<fault>({.at = calls_before + which, .error = ENOPROTOOPT}).empty());
  }
}
