// Replies, for every way of receiving, on real sockets on the loopback interface.

#include "support/catch.hpp"
#include "support/full_send_buffer.hpp"
#include "support/loopback_pair.hpp"
#include "support/numbered_client.hpp"
#include "support/ways_to_receive.hpp"
#include <ancillary/recvmsg/sender.hpp>
#include <ancillary/recvmsg/slot_pool.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

using namespace ancillary_test;
using ancillary::field;

#define EVERY_WAY                                                                                  \
  callback_form, batch_callback_form, coroutine_form, completion_form, own_loop_form, lanes_form

namespace {

auto bound_to(const char* address) {
  return [address](asio::io_context& io) { return asio::ip::udp::socket(io, any_port(address)); };
}

using client = numbered_client;

void echo(const packet& each) { each.reply(each.payload()); }

// Not from the slot, so that the bytes have to be copied.
void echo_copied(const packet& each) {
  std::vector<std::byte> bytes(each.payload().begin(), each.payload().end());
  each.reply(bytes);
  std::fill(bytes.begin(), bytes.end(), std::byte{0xff});
}

// Replies arrive before the call that sent them has returned and is counted: a lane runs beside the
// test. The client's payloads are numbers.
template <class Way>
ancillary::send_counters reply_counters_after(Way& way, std::uint64_t datagrams) {
  CHECK(way.run_until([&] {
    const auto now = way.reply_counters();
    return now.datagrams >= datagrams && now.bytes >= datagrams * sizeof(std::uint32_t);
  }));
  return way.reply_counters();
}

} // namespace

TEMPLATE_TEST_CASE("every request gets its reply, in order", "[replies]", EVERY_WAY) {
  constexpr std::uint32_t rounds = 10;
  constexpr std::uint32_t in_a_round = 40; // fits every receive buffer
  for (const char* const address : {"127.0.0.1", "::1"}) {
    TestType way(bound_to(address),
                 {.metadata = ancillary::want({field::destination}), .batch = 8});
    client asking(way.socket().local_endpoint());
    way.seen.on_packet = [](const packet& each) { echo(each); };
    for (std::uint32_t round = 1; round <= rounds; ++round) {
      if (round > rounds / 2) {
        way.seen.on_packet = [](const packet& each) { echo_copied(each); };
      }
      asking.send_up_to(round * in_a_round);
      REQUIRE(way.run_until([&] { return asking.answers() == round * in_a_round; }));
    }
    CHECK(asking.in_order());
    const auto now = reply_counters_after(way, rounds * in_a_round);
    CHECK(now.datagrams == rounds * in_a_round);
    CHECK(now.bytes == rounds * in_a_round * sizeof(std::uint32_t));
    CHECK(now.errors + now.dropped + now.source_unknown == 0);
  }
}

TEMPLATE_TEST_CASE("replies without a known destination leave and are counted", "[replies]",
                   EVERY_WAY) {
  TestType way(bound_to("127.0.0.1"), {});
  client asking(way.socket().local_endpoint());
  way.seen.on_packet = [](const packet& each) { echo(each); };
  asking.send_up_to(3);
  REQUIRE(way.run_until([&] { return asking.answers() == 3; }));
  CHECK(reply_counters_after(way, 3).source_unknown == 3);
}

TEMPLATE_TEST_CASE("with a full send buffer, replies wait and all leave in order", "[replies]",
                   EVERY_WAY) {
  constexpr std::uint32_t rounds = 5;
  constexpr std::uint32_t in_a_round = 40;
  constexpr int refusals = 7;
  full_send_buffer buffer;
  TestType way(bound_to("127.0.0.1"), {.metadata = ancillary::want({field::destination}),
                                       .batch = 8,
                                       .on_full_send_buffer = ancillary::full_send_buffer::wait});
  client asking(way.socket().local_endpoint());
  way.seen.on_packet = [](const packet& each) { echo(each); };
  for (std::uint32_t round = 1; round <= rounds; ++round) {
    buffer.full_for(refusals);
    asking.send_up_to(round * in_a_round);
    REQUIRE(way.run_until([&] { return asking.answers() == round * in_a_round; }));
  }
  CHECK(asking.in_order());
  const auto now = reply_counters_after(way, rounds * in_a_round);
  CHECK(now.datagrams == rounds * in_a_round);
  CHECK(now.dropped == 0);
  CHECK(now.send_buffer_full == rounds * refusals);
}

TEMPLATE_TEST_CASE("with a full send buffer, replies are dropped and counted", "[replies]",
                   EVERY_WAY) {
  constexpr std::uint32_t rounds = 5;
  constexpr std::uint32_t in_a_round = 40;
  full_send_buffer buffer;
  TestType way(bound_to("127.0.0.1"),
               {.metadata = ancillary::want({field::destination}), .batch = 8});
  client asking(way.socket().local_endpoint());
  way.seen.on_packet = [](const packet& each) { echo(each); };
  for (std::uint32_t round = 1; round <= rounds; ++round) {
    buffer.full_for(1);
    asking.send_up_to(round * in_a_round);
    // Each request is answered or counted, and the loop continues.
    REQUIRE(way.run_until([&] {
      const auto now = way.reply_counters();
      return now.datagrams + now.dropped == round * in_a_round && now.send_buffer_full == round;
    }));
  }
  const auto now = way.reply_counters();
  CHECK(now.send_buffer_full == rounds);
  CHECK(now.dropped >= rounds);
  REQUIRE(way.run_until([&] { return asking.answers() == now.datagrams; }));
  CHECK(asking.in_order());
}

TEMPLATE_TEST_CASE("replies that wait at a stop are sent or counted", "[replies]", callback_form,
                   batch_callback_form, lanes_form) {
  full_send_buffer buffer;
  TestType way(bound_to("127.0.0.1"), {.on_full_send_buffer = ancillary::full_send_buffer::wait});
  client asking(way.socket().local_endpoint());
  way.seen.on_packet = [&](const packet& each) {
    echo(each);
    buffer.full_for(1'000'000);
  };
  asking.send_up_to(10);
  REQUIRE(way.run_until([&] { return way.reply_counters().send_buffer_full != 0; }));
  const bool room_again = GENERATE(false, true);
  buffer.full_for(room_again ? 0 : 1'000'000);
  way.stop();
  way.go_on();
  CHECK(way.run_until([&] {
    const auto now = way.reply_counters();
    return now.datagrams + now.dropped == way.seen.delivered;
  }));
  if (!room_again) {
    CHECK(way.reply_counters().dropped != 0);
  }
  buffer.full_for(0);
}

TEMPLATE_TEST_CASE("another thread can reply to a retained packet later", "[replies]", EVERY_WAY) {
  TestType way(bound_to("127.0.0.1"),
               {.metadata = ancillary::want({field::destination}), .batch = 4, .retainable = 8});
  client asking(way.socket().local_endpoint());
  std::vector<ancillary::retained_packet> held;
  way.seen.on_packet = [&](const packet& each) { held.push_back(each.retain()); };
  asking.send_up_to(8);
  REQUIRE(way.run_until([&] { return held.size() == 8; }));
  ancillary::sender out(way.socket().native_handle());
  std::thread([&out, mine = std::move(held)] {
    for (const auto& each : mine) {
      const ancillary::outgoing reply[] = {reply_to(each, each.payload())};
      std::error_code error;
      while (out.send(reply, error) == 0 && error == asio::error::would_block) {
        std::this_thread::yield();
      }
    }
  }).join();
  REQUIRE(way.run_until([&] { return asking.answers() == 8; }));
  CHECK(asking.in_order());
}

TEST_CASE("receivers with a shared pool reply on their own sockets", "[replies]") {
  constexpr std::uint32_t rounds = 50;
  constexpr std::uint32_t in_a_round = 16;
  const bool waits = GENERATE(false, true);
  full_send_buffer buffer;
  const auto pool = ancillary::slot_pool::make({.batch = 4, .retainable = 4, .receivers = 3});
  const ancillary::receive_options options{.metadata = ancillary::want({field::destination}),
                                           .on_full_send_buffer =
                                               waits ? ancillary::full_send_buffer::wait
                                                     : ancillary::full_send_buffer::drop,
                                           .pool = pool};
  asio::io_context io;
  ancillary::receiver one(io, any_port("127.0.0.1"), &echo, options);
  ancillary::receiver two(io, any_port("127.0.0.1"), &echo_copied, options);
  ancillary::receiver three(
      io, any_port("127.0.0.1"),
      [](std::span<const packet> all) { std::ranges::for_each(all, echo); }, options);
  one.start();
  two.start();
  three.start();
  std::array<client, 3> clients{client(one.local_endpoint()), client(two.local_endpoint()),
                                client(three.local_endpoint())};
  for (std::uint32_t round = 1; round <= rounds; ++round) {
    buffer.full_for(waits ? 3 : 0);
    for (client& each : clients) {
      each.send_up_to(round * in_a_round);
    }
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const auto complete = [&](client& each) { return each.answers() == round * in_a_round; };
    while (!std::ranges::all_of(clients, complete)) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      io.restart();
      io.run_one_for(std::chrono::milliseconds(10));
    }
  }
  for (const client& each : clients) {
    CHECK(each.in_order());
  }
  CHECK(one.reply_counters().datagrams == rounds * in_a_round);
  CHECK(two.reply_counters().datagrams == rounds * in_a_round);
  CHECK(three.reply_counters().datagrams == rounds * in_a_round);
}

TEST_CASE("receivers with a shared pool reply from several threads", "[replies]") {
  constexpr std::uint32_t rounds = 100;
  constexpr std::uint32_t in_a_round = 16;
  const auto pool = ancillary::slot_pool::make({.batch = 4, .receivers = 2});
  const ancillary::receive_options options{.metadata = ancillary::want({field::destination}),
                                           .pool = pool};
  asio::io_context first_io;
  asio::io_context second_io;
  ancillary::receiver first(first_io, any_port("127.0.0.1"), &echo, options);
  ancillary::receiver second(second_io, any_port("127.0.0.1"), &echo_copied, options);
  client of_first(first.local_endpoint());
  client of_second(second.local_endpoint());
  first.start();
  second.start();
  std::thread first_thread([&] { first_io.run(); });
  std::thread second_thread([&] { second_io.run(); });
  bool complete = true;
  for (std::uint32_t round = 1; round <= rounds && complete; ++round) {
    of_first.send_up_to(round * in_a_round);
    of_second.send_up_to(round * in_a_round);
    complete = poll_until([&] {
      const auto answers = of_first.answers() + of_second.answers();
      return answers == 2 * round * in_a_round;
    });
  }
  first.stop();
  second.stop();
  first_thread.join();
  second_thread.join();
  CHECK(complete);
  CHECK(of_first.in_order());
  CHECK(of_second.in_order());
}

TEST_CASE("a reply made before the handler destroyed its receiver is sent", "[replies]") {
  asio::io_context io;
  using handler = std::function<void(const ancillary::packet&)>;
  std::optional<ancillary::receiver<handler>> server;
  server.emplace(io, any_port("127.0.0.1"), handler([&](const ancillary::packet& request) {
                   request.reply(request.payload());
                   server.reset();
                 }));
  server->start();
  client asking(server->local_endpoint());
  asking.send_up_to(1);
  io.run();
  CHECK(poll_until([&] { return asking.answers() == 1; }));
}
