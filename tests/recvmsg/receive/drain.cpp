// drain beyond the behaviour that all ways of receiving share (behaviour.cpp).

#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/drain.hpp>
#include <ancillary/recvmsg/slot_pool.hpp>

#include <stdexcept>
#include <string>

using namespace ancillary_test;
using ancillary::drain;
using ancillary::packet;

namespace {

struct bound_socket {
  asio::io_context io;
  asio::ip::udp::socket socket{io, loopback_any_port()};
};

// Sends numbered datagrams and waits until they can be received.
void fill(asio::ip::udp::socket& socket, int count) {
  loopback_sender from(socket.local_endpoint());
  for (int i = 0; i < count; ++i) {
    from.send(std::string(1, static_cast<char>('0' + i)));
  }
  REQUIRE(poll_until([&] { return socket.available() != 0; }));
}

} // namespace

TEST_CASE("drain returns at once if no datagram is pending", "[drain]") {
  bound_socket bound;
  drain empty(bound.socket.native_handle());
  const auto result = empty.receive([](const packet&) { FAIL("nothing was sent"); });
  CHECK(result.exhausted);
  CHECK_FALSE(result.paused);
  CHECK(result.datagrams == 0);
  CHECK(result.error.condition == ancillary::receive_condition::none);
  CHECK(empty.counters().wakeups == 1);
}

TEST_CASE("drain first delivers the datagrams left by an exception or a stop", "[drain]") {
  bound_socket bound;
  drain some(bound.socket.native_handle());
  fill(bound.socket, 6);
  std::string seen;
  const auto note = [&](const packet& each) {
    seen += static_cast<char>(std::to_integer<int>(each.payload()[0]));
  };
  REQUIRE_THROWS_AS(some.receive([&](const packet& each) {
    note(each);
    throw std::runtime_error("mine");
  }),
                    std::runtime_error);
  CHECK(seen == "0");
  some.receive([&](const packet& each, ancillary::receive_control& control) {
    note(each);
    control.stop();
  });
  CHECK(seen == "01");
  REQUIRE(poll_until([&] {
    some.receive(note);
    return seen.size() == 6;
  }));
  CHECK(seen == "012345");
  CHECK(some.counters().discarded_on_stop == 0);
}

TEST_CASE("drain stays within its budget", "[drain]") {
  bound_socket bound;
  drain some(bound.socket.native_handle(), {.batch = 2, .budget_batches = 2});
  fill(bound.socket, 9);
  std::size_t delivered = 0;
  const auto result = some.receive([&](const packet&) { ++delivered; });
  CHECK(delivered <= 4);
  CHECK(result.datagrams == delivered);
  REQUIRE(poll_until([&] {
    some.receive([&](std::span<const packet> batch) { delivered += batch.size(); });
    return delivered == 9;
  }));
}

TEST_CASE("drains of one thread share a pool", "[drain]") {
  const auto pool = ancillary::slot_pool::make({.batch = 4});
  bound_socket one;
  bound_socket two;
  drain first(one.socket.native_handle(), {.pool = pool});
  drain second(two.socket.native_handle(), {.pool = pool});
  fill(one.socket, 2);
  fill(two.socket, 2);
  const auto nothing = [](const packet&) {};
  // The rest of the first one's batch after a stop keeps its slots but delays nobody.
  REQUIRE(poll_until([&] {
    first.receive([](const packet&, ancillary::receive_control& control) { control.stop(); });
    return first.counters().datagrams != 0;
  }));
  CHECK_FALSE(second.receive(nothing).paused);
  REQUIRE(poll_until([&] {
    first.receive(nothing);
    second.receive(nothing);
    return first.counters().datagrams == 2 && second.counters().datagrams == 2;
  }));
}

TEST_CASE("drain reports a handle that is not a socket", "[drain]") {
  bound_socket bound;
  const auto handle = bound.socket.native_handle();
  bound.socket.close();
  std::error_code error;
  drain broken(handle, {.metadata = ancillary::require({ancillary::field::destination})}, error);
  CHECK(error);
}

TEST_CASE("a drain is not exhausted while datagrams of its batch are undelivered", "[drain]") {
  bound_socket bound;
  drain some(bound.socket.native_handle());
  fill(bound.socket, 3);
  std::size_t delivered = 0;
  REQUIRE(poll_until([&] {
    const auto result = some.receive([&](const packet&, ancillary::receive_control& control) {
      ++delivered;
      control.stop();
    });
    CHECK((delivered == 3 || !result.exhausted || result.datagrams == 0));
    return delivered == 3;
  }));
}
