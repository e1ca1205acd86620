// with_tap, on real sockets on the loopback interface.

#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/drain.hpp>
#include <ancillary/recvmsg/filter.hpp>
#include <ancillary/recvmsg/lanes.hpp>
#include <ancillary/recvmsg/receiver.hpp>
#include <ancillary/recvmsg/tap.hpp>

#include <atomic>
#include <string>
#include <vector>

using namespace ancillary_test;
using ancillary::packet;
using ancillary::with_filter;
using ancillary::with_tap;

namespace {

std::string text_of(const packet& each) {
  return {reinterpret_cast<const char*>(each.payload().data()), each.payload().size()};
}

// Notes what each part sees.
struct notes {
  std::string text;

  auto tap(char name) {
    return [this, name](const packet& each) noexcept { text += name + text_of(each); };
  }
  auto handler() {
    return [this](const packet& each) { text += "h" + text_of(each); };
  }
  auto filter() {
    return [this](const packet& each) {
      text += "f" + text_of(each);
      return text_of(each) != "2";
    };
  }
};

template <class Handler>
ancillary::receive_counters receive_three(Handler handler) {
  asio::io_context io;
  ancillary::receiver receiver(io, loopback_any_port(), std::move(handler));
  loopback_sender from(receiver.local_endpoint());
  for (const char* const text : {"1", "2", "3"}) {
    from.send(text);
  }
  receiver.start();
  REQUIRE(run_until(io, [&] { return receiver.counters().datagrams == 3; }));
  return receiver.counters();
}

struct throwing {
  void operator()(const packet&) {} // may throw
};
static_assert(!ancillary::packet_tap<throwing>);
static_assert(
    sizeof(ancillary::tapped_handler<throwing, decltype([](const packet&) noexcept {})>) <=
    2 * sizeof(throwing));

} // namespace

TEST_CASE("tap: it sees each datagram before a packet handler", "[tap]") {
  notes seen;
  receive_three(with_tap(seen.handler(), seen.tap('t')));
  CHECK(seen.text == "t1h1t2h2t3h3");
}

TEST_CASE("tap: it sees a batch before a batch handler", "[tap]") {
  notes seen;
  receive_three(with_tap(
      [&seen](std::span<const packet> batch) {
        for (const packet& each : batch) {
          seen.text += "h" + text_of(each);
        }
      },
      seen.tap('t')));
  std::string taps, handled;
  for (std::size_t i = 0; i < seen.text.size(); i += 2) {
    (seen.text[i] == 't' ? taps : handled) += seen.text[i + 1];
    CHECK(taps.substr(0, handled.size()) == handled); // never behind the handler
  }
  CHECK(taps == "123");
  CHECK(handled == "123");
}

TEST_CASE("tap: around a filter it sees rejected datagrams, inside one only accepted ones",
          "[tap]") {
  notes outside;
  CHECK(receive_three(with_tap(with_filter(outside.filter(), outside.handler()), outside.tap('t')))
            .filtered == 1);
  CHECK(outside.text == "t1f1h1t2f2t3f3h3");
  notes inside;
  CHECK(receive_three(with_filter(inside.filter(), with_tap(inside.handler(), inside.tap('t'))))
            .filtered == 1);
  CHECK(inside.text == "f1t1h1f2f3t3h3");
}

TEST_CASE("tap: the outermost of several is called first", "[tap]") {
  notes seen;
  receive_three(with_tap(with_tap(seen.handler(), seen.tap('b')), seen.tap('a')));
  CHECK(seen.text == "a1b1h1a2b2h2a3b3h3");
}

TEST_CASE("tap: a handler that stops the receiver behind a tap", "[tap]") {
  notes seen;
  const auto counters = receive_three(with_tap(
      [&seen](const packet& each, ancillary::receive_control& control) {
        seen.text += "h" + text_of(each);
        control.stop();
      },
      seen.tap('t')));
  CHECK(seen.text.substr(0, 4) == "t1h1");
  CHECK(seen.text.size() == 4);
  CHECK(counters.discarded_on_stop == 2);
}

TEST_CASE("tap: in a drain", "[tap]") {
  asio::io_context io;
  asio::ip::udp::socket socket(io, loopback_any_port());
  loopback_sender(socket.local_endpoint()).send("x");
  REQUIRE(poll_until([&] { return socket.available() != 0; }));
  ancillary::drain some(socket.native_handle());
  notes seen;
  some.receive(with_tap(seen.handler(), seen.tap('t')));
  CHECK(seen.text == "txhx");
}

TEST_CASE("tap: each lane has a copy, around and inside a filter", "[tap]") {
  std::atomic<int> outside{0}, inside{0}, handled{0};
  ancillary::lanes lanes(
      loopback_any_port(),
      with_tap(with_filter([](const packet& each) { return !each.payload().empty(); },
                           with_tap([&](const packet&) { ++handled; },
                                    [&](const packet&) noexcept { ++inside; })),
               [&](const packet&) noexcept { ++outside; }),
      {.count = 2});
  lanes.start();
  loopback_sender from(lanes.local_endpoint());
  from.send("");
  from.send("x");
  REQUIRE(poll_until([&] { return lanes.counters().datagrams == 2; }));
  lanes.stop();
  lanes.join();
  CHECK(outside == 2);
  CHECK(inside == 1);
  CHECK(handled == 1);
}
