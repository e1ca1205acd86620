// The behaviour common to every way of receiving, on real sockets on the loopback interface.

#include "support/catch.hpp"
#include "support/ways_to_receive.hpp"

#include <asio/buffer.hpp>
#include <asio/ip/unicast.hpp>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>

using namespace ancillary_test;
using ancillary::field;

#define EVERY_WAY                                                                                  \
  callback_form, batch_callback_form, coroutine_form, completion_form, own_loop_form, lanes_form

namespace {

auto bound_to(const char* address) {
  return [address](asio::io_context& io) { return asio::ip::udp::socket(io, any_port(address)); };
}

// A socket that sends to the receiver under test.
template <class Way>
class sender_to {
public:
  explicit sender_to(Way& way)
      : to_(way.socket().local_endpoint()),
        socket_(io_, any_port(to_.address().is_v4() ? "127.0.0.1" : "::1")) {}

  void send(const std::string& payload) { socket_.send_to(asio::buffer(payload), to_); }
  void send_number(std::uint32_t number) {
    socket_.send_to(asio::buffer(&number, sizeof number), to_);
  }
  asio::ip::udp::socket& socket() { return socket_; }

private:
  asio::io_context io_;
  asio::ip::udp::endpoint to_;
  asio::ip::udp::socket socket_;
};

std::string text_of(const packet& each) {
  return {reinterpret_cast<const char*>(each.payload().data()), each.payload().size()};
}

std::uint32_t number_of(const packet& each) {
  std::uint32_t number = 0;
  REQUIRE(each.payload().size() == sizeof number);
  std::memcpy(&number, each.payload().data(), sizeof number);
  return number;
}

template <class Way>
void check_balance(Way& way) {
  const auto now = way.counters();
  CHECK(now.datagrams == way.seen.delivered + now.filtered + now.discarded_on_stop);
}

} // namespace

TEMPLATE_TEST_CASE("each datagram has its metadata and remote endpoint", "[behaviour]", EVERY_WAY) {
  for (const char* const address : {"127.0.0.1", "::1"}) {
    TestType way(bound_to(address),
                 {.metadata = ancillary::want({field::destination, field::hop_limit})});
    sender_to from(way);
    from.socket().set_option(asio::ip::unicast::hops(77));
    way.seen.on_packet = [&](const packet& each) {
      CHECK(text_of(each) == "hello");
      CHECK(each.remote() == from.socket().local_endpoint());
      REQUIRE(each.metadata().destination());
      CHECK(to_string(*each.metadata().destination()) == address);
      CHECK(each.metadata().hop_limit() == 77);
      CHECK_FALSE(each.payload_truncated());
      CHECK_FALSE(each.control_truncated());
    };
    from.send("hello");
    REQUIRE(way.run_until([&] { return way.seen.delivered == 1; }));
    CHECK(way.metadata().granted().contains(field::destination));
    check_balance(way);
  }
}

TEMPLATE_TEST_CASE("datagrams keep their order", "[behaviour]", EVERY_WAY) {
  constexpr std::uint32_t rounds = 40;
  constexpr std::uint32_t in_a_round = 50; // fits every receive buffer
  TestType way(bound_to("127.0.0.1"), {.batch = 8});
  sender_to from(way);
  std::uint32_t expected = 0;
  way.seen.on_packet = [&](const packet& each) { CHECK(number_of(each) == expected++); };
  for (std::uint32_t round = 0; round < rounds; ++round) {
    for (std::uint32_t i = 0; i < in_a_round; ++i) {
      from.send_number(round * in_a_round + i);
    }
    REQUIRE(way.run_until([&] { return expected == (round + 1) * in_a_round; }));
  }
  check_balance(way);
  CHECK(way.counters().datagrams == rounds * in_a_round);
  CHECK(way.counters().bytes == rounds * in_a_round * sizeof(std::uint32_t));
}

TEMPLATE_TEST_CASE("a datagram longer than its slot is truncated and flagged", "[behaviour]",
                   EVERY_WAY) {
  TestType way(bound_to("127.0.0.1"), {.payload_capacity = 16});
  sender_to from(way);
  std::vector<std::string> texts;
  std::vector<bool> truncated;
  way.seen.on_packet = [&](const packet& each) {
    texts.push_back(text_of(each));
    truncated.push_back(each.payload_truncated());
  };
  from.send(std::string(100, 'x'));
  from.send(std::string(16, 'y'));
  REQUIRE(way.run_until([&] { return way.seen.delivered == 2; }));
  CHECK(texts == std::vector{std::string(16, 'x'), std::string(16, 'y')});
  CHECK(truncated == std::vector{true, false});
  CHECK(way.counters().payload_truncated == 1);
  CHECK(way.seen.errors.empty());
}

TEMPLATE_TEST_CASE("an empty datagram is delivered", "[behaviour]", EVERY_WAY) {
  TestType way(bound_to("127.0.0.1"), {});
  sender_to from(way);
  std::vector<std::string> texts;
  way.seen.on_packet = [&](const packet& each) { texts.push_back(text_of(each)); };
  from.send("");
  from.send("after");
  from.send("");
  REQUIRE(way.run_until([&] { return way.seen.delivered == 3; }));
  CHECK(texts == std::vector<std::string>{"", "after", ""});
  CHECK(way.counters().datagrams == 3);
}

TEMPLATE_TEST_CASE("after a stop nothing is delivered and the counters balance", "[behaviour]",
                   callback_form, coroutine_form, completion_form, own_loop_form, lanes_form) {
  TestType way(bound_to("127.0.0.1"), {});
  sender_to from(way);
  way.seen.on_packet = [&](const packet&) {
    if (way.seen.delivered == 3) {
      way.stop();
    }
  };
  for (std::uint32_t i = 0; i < 10; ++i) {
    from.send_number(i);
  }
  REQUIRE(way.run_until([&] { return way.seen.delivered >= 3; }));
  way.run_for(a_moment);
  CHECK(way.seen.delivered == 3);
  CHECK(way.seen.errors.empty());
  way.go_on();
  check_balance(way);
}

TEMPLATE_TEST_CASE("a closed socket is a fatal error", "[behaviour]", EVERY_WAY) {
  TestType way(bound_to("127.0.0.1"), {});
  way.run_for(a_moment);
  REQUIRE(way.seen.errors.empty());
  way.close_socket();
  REQUIRE(way.run_until([&] { return !way.seen.errors.empty(); }));
  way.run_for(a_moment);
  REQUIRE(way.seen.errors.size() == 1);
  CHECK(way.seen.errors[0].condition == receive_condition::socket_closed);
  CHECK(way.seen.errors[0].fatal);
  CHECK(way.seen.errors[0].code);
  CHECK(way.counters().errors_of(receive_condition::socket_closed) == 1);
}

TEMPLATE_TEST_CASE(
    "receiving pauses when retained packets hold all slots and resumes when they are released",
    "[behaviour]", EVERY_WAY) {
  constexpr std::uint32_t rounds = 50;
  // More than the slots, fewer than twice as many: a drain that fills all slots again in one call
  // does not show that it resumed.
  constexpr std::uint32_t in_a_round = 12;
  TestType way(bound_to("127.0.0.1"), {.batch = 4, .retainable = 4});
  sender_to from(way);
  std::deque<ancillary::retained_packet> held;
  std::uint32_t expected = 0;
  way.seen.on_packet = [&](const packet& each) { held.push_back(each.retain()); };
  for (std::uint32_t round = 0; round < rounds; ++round) {
    for (std::uint32_t i = 0; i < in_a_round; ++i) {
      from.send_number(round * in_a_round + i);
    }
    const std::uint32_t end = (round + 1) * in_a_round;
    while (expected != end) {
      REQUIRE(way.run_until([&] {
        return expected + held.size() == end || way.seen.pauses.size() % 2 == 1; // paused
      }));
      const std::size_t notes = way.seen.pauses.size();
      REQUIRE(held.size() <= 9); // 4 + 4, and on Windows one of the pending receive
      for (; !held.empty(); held.pop_front()) {
        CHECK(number_of(held.front()) == expected++);
      }
      // It may have filled all slots again before this check: then it has resumed and paused.
      if (notes % 2 == 1) {
        REQUIRE(way.run_until([&] { return way.seen.pauses.size() > notes; }));
      }
    }
  }
  CHECK(way.counters().pauses >= rounds);
  CHECK(way.seen.delivered == rounds * in_a_round);
  check_balance(way);
}
