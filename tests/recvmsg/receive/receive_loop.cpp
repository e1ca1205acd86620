// What the loop delivers to its handler, in which order and batches.
#include "support/scripted_receiver.hpp"

#include <asio/post.hpp>
#include <asio/strand.hpp>
#include <chrono>

using namespace ancillary_test;
using ancillary::packet;

namespace {

// The number of datagrams received when other handlers of the executor ran.
std::vector<std::size_t> seen_by_others(std::size_t batch, std::size_t budget_batches,
                                        std::size_t datagrams, driver_shape shape) {
  asio::io_context io;
  std::size_t seen = 0;
  std::vector<std::size_t> by_others;
  scripted_receiver receiver(io, [&](const packet&) { ++seen; },
                             {.batch = batch, .budget_batches = budget_batches, .shape = shape});
  receiver.traffic().datagrams(datagrams);
  receiver.start();
  std::function<void()> other = [&] {
    by_others.push_back(seen);
    if (seen < datagrams) {
      asio::post(io, other);
    }
  };
  asio::post(io, other);
  io.poll();
  return by_others;
}

} // namespace

TEST_CASE("the loop delivers every datagram in order, one call each") {
  asio::io_context io;
  std::vector<std::string> seen;
  scripted_receiver receiver(io, [&](const packet& p) { seen.push_back(text_of(p)); },
                             {.shape = each_shape()});
  receiver.traffic().datagrams(100);
  receiver.start();
  io.poll();
  CHECK(seen == numbers(100));

  // The datagrams after it have waited.
  receiver.traffic().datagrams(3);
  io.poll();
  CHECK(seen == numbers(103));
  CHECK(receiver.counters().datagrams == 103);
}

TEST_CASE("the loop passes the datagrams of one receive call to a batch handler") {
  asio::io_context io;
  std::vector<std::size_t> sizes;
  std::vector<std::string> seen;
  scripted_receiver receiver(io,
                             [&](std::span<const packet> batch) {
                               sizes.push_back(batch.size());
                               for (const packet& p : batch) {
                                 seen.push_back(text_of(p));
                               }
                             },
                             {.shape = each_shape()});
  receiver.traffic().datagrams(8).datagrams(5).cut(false).datagrams(2);
  receiver.start();
  io.poll();
  CHECK(sizes == std::vector<std::size_t>{8, 5, 2});
  CHECK(seen == numbers(15));
  CHECK(receiver.counters().batches == 3);
}

TEST_CASE("the loop never calls the handler from within start()") {
  asio::io_context io;
  int calls = 0;
  scripted_receiver receiver(io, [&](const packet&) { ++calls; }, {.shape = each_shape()});
  receiver.traffic().datagrams(1);
  receiver.start();
  CHECK(calls == 0);
  io.poll();
  CHECK(calls == 1);
}

TEST_CASE("other handlers of the executor run after a budget of batches") {
  CHECK(seen_by_others(8, 3, 80, each_shape()) == std::vector<std::size_t>{24, 48, 72, 80});
}

TEST_CASE("the default budget is 256 datagrams, for any batch size") {
  const driver_shape shape = each_shape();
  CHECK(seen_by_others(8, 0, 600, shape) == std::vector<std::size_t>{256, 512, 600});
  CHECK(seen_by_others(512, 0, 600, shape) == std::vector<std::size_t>{512, 600});
}

TEST_CASE("the loop stops receiving after a batch that emptied the socket") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {});
  receiver.traffic().datagrams(3);
  receiver.start();
  io.poll();
  CHECK(receiver.traffic().receive_calls() == 1);
  CHECK(receiver.traffic().arms() == 2);
}

TEST_CASE("the loop continues after a short batch that did not empty the socket") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {});
  receiver.traffic().datagrams(2).cut(false).datagrams(2).cut(true).datagrams(2);
  receiver.start();
  io.poll();
  CHECK(receiver.traffic().receive_calls() == 3);
  CHECK(receiver.counters().wakeups == 2);
  CHECK(receiver.delivered() == 6);
}

TEST_CASE("a wake-up without a datagram is harmless") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  receiver.start();
  for (int i = 0; i < 5; ++i) {
    receiver.traffic().cut(true);
    io.poll();
  }
  receiver.traffic().datagrams(1);
  io.poll();
  CHECK(receiver.delivered() == 1);
  CHECK(receiver.counters().batches == 1);
}

TEST_CASE("an empty datagram is delivered") {
  asio::io_context io;
  std::vector<std::string> seen;
  scripted_receiver receiver(io, [&](const packet& p) { seen.push_back(text_of(p)); },
                             {.shape = each_shape()});
  receiver.traffic().datagram("a").datagram("").datagram("").datagram("b");
  receiver.start();
  io.poll();
  CHECK(seen == std::vector<std::string>{"a", "", "", "b"});
  CHECK(receiver.counters().datagrams == 4);
  CHECK(receiver.counters().bytes == 2);
}

TEST_CASE("a packet has its sender's endpoint") {
  asio::io_context io;
  asio::ip::udp::endpoint remote;
  scripted_receiver receiver(io, [&](const packet& p) { remote = p.remote(); });
  receiver.traffic().datagrams(1);
  receiver.start();
  io.poll();
  CHECK(remote == asio::ip::udp::endpoint(asio::ip::address_v4::loopback(), 5000));
}

TEST_CASE("a batch size of one receives everything") {
  asio::io_context io;
  std::vector<std::string> seen;
  scripted_receiver receiver(io, [&](const packet& p) { seen.push_back(text_of(p)); },
                             {.batch = 1, .budget_batches = 1, .shape = each_shape()});
  receiver.traffic().datagrams(50);
  receiver.start();
  io.poll();
  CHECK(seen == numbers(50));
}

TEST_CASE("a loop on a strand runs on the strand") {
  asio::io_context io;
  auto strand = asio::make_strand(io);
  bool in_strand = false;
  auto traffic = std::make_shared<script>(driver_shape::readiness);
  auto pool = ancillary::slot_pool::make({.batch = 4});
  auto handler = [&](const packet&) { in_strand = strand.running_in_this_thread(); };
  auto loop = std::make_shared<
      ancillary::detail::delivery<ancillary::detail::receive_loop, decltype(handler)>>(
      handler, asio::ip::udp::socket(strand), std::make_unique<scripted_driver>(traffic), pool,
      ancillary::field_set{}, ancillary::receive_options{});
  traffic->datagrams(1);
  loop->start();
  io.poll();
  CHECK(in_strand);
  loop->close();
  io.restart();
  io.poll();
  CHECK(free_slots(*pool) == pool->slot_count());
}

TEST_CASE("a turn with a slow handler ends by turn_time, not by budget_batches") {
  constexpr std::chrono::milliseconds longer_than_a_turn{3};
  asio::io_context io;
  std::uint64_t calls = 0;
  std::uint64_t calls_before_another_handler = 0;
  scripted_packets receiver(
      io,
      [&](const packet&) {
        const auto until = std::chrono::steady_clock::now() + longer_than_a_turn;
        while (std::chrono::steady_clock::now() < until) {
        }
        if (++calls == 1) {
          asio::post(io, [&] {
            calls_before_another_handler = calls;
            receiver.stop();
          });
        }
      },
      {.batch = 1, .budget_batches = 64, .turn_time = ancillary::receive_options().turn_time});
  receiver.traffic().datagrams(64);
  receiver.start();
  io.poll();
  // The first batch may start the turn's time, the second ends it.
  CHECK(calls_before_another_handler <= 2);
}
