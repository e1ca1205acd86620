// Stopping, restarting and destroying at any time, on the loop's own thread.
#include "support/scripted_receiver.hpp"

#include <asio/post.hpp>
#include <chrono>

using namespace ancillary_test;
using ancillary::packet;

TEST_CASE("stop within a batch counts the rest as discarded") {
  asio::io_context io;
  scripted_packets* self = nullptr;
  int calls = 0;
  scripted_packets receiver(io,
                            [&](const packet&) {
                              if (++calls == 3) {
                                self->stop();
                              }
                            },
                            {.shape = each_shape()});
  self = &receiver;
  receiver.traffic().datagrams(20);
  receiver.start();
  io.run();
  CHECK(calls == 3);
  CHECK(receiver.counters().discarded_on_stop == 5); // of a batch of eight
  CHECK(receiver.traffic().left() == 12);            // the others stay in the socket
}

TEST_CASE("stop from a batch handler takes effect after its batch") {
  asio::io_context io;
  scripted_batches* self = nullptr;
  int calls = 0;
  scripted_batches receiver(io,
                            [&](std::span<const packet>) {
                              ++calls;
                              self->stop();
                            },
                            {.shape = each_shape()});
  self = &receiver;
  receiver.traffic().datagrams(20);
  receiver.start();
  io.run();
  CHECK(calls == 1);
  CHECK(receiver.counters().discarded_on_stop == 0);
  CHECK(receiver.delivered() == 8);
}

TEST_CASE("stop at the last datagram of a batch discards nothing") {
  asio::io_context io;
  scripted_packets* self = nullptr;
  int calls = 0;
  scripted_packets receiver(io,
                            [&](const packet&) {
                              if (++calls == 8) {
                                self->stop();
                              }
                            },
                            {.shape = each_shape()});
  self = &receiver;
  receiver.traffic().datagrams(16);
  receiver.start();
  io.run();
  CHECK(receiver.counters().discarded_on_stop == 0);
  CHECK(receiver.counters().datagrams == 8);
}

TEST_CASE("stop without traffic makes run() return") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  receiver.start();
  io.poll();
  CHECK_FALSE(io.stopped());
  receiver.stop();
  io.run();
  CHECK_FALSE(receiver.traffic().armed());
}

TEST_CASE("stop with a pending wake-up delivers nothing more") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  receiver.start();
  receiver.traffic().datagrams(3); // the wake-up is queued
  receiver.stop();
  io.run();
  CHECK(receiver.delivered() == 0);
  // A pending slot was filled before: that datagram is counted, the others stay in the socket.
  const bool completion = receiver.traffic().shape == driver_shape::completion;
  CHECK(receiver.counters().discarded_on_stop == (completion ? 1 : 0));
}

TEST_CASE("stop before start and a second stop have no effect") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  receiver.stop();
  receiver.traffic().datagrams(1);
  receiver.start();
  io.poll();
  receiver.stop();
  receiver.stop();
  io.run();
  CHECK(receiver.delivered() == 1);
}

TEST_CASE("a stopped loop can be restarted") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  for (std::uint64_t round = 1; round <= 10; ++round) {
    receiver.traffic().datagrams(5);
    receiver.start();
    io.restart();
    io.poll();
    CHECK(receiver.delivered() == 5 * round);
    receiver.stop();
    io.restart();
    io.run();
  }
}

TEST_CASE("start directly after stop continues while the earlier wake-up is pending") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  receiver.start();
  for (int i = 0; i < 5; ++i) {
    receiver.stop();
    receiver.start();
  }
  receiver.traffic().datagrams(5);
  receiver.stop();
  receiver.start();
  io.poll();
  CHECK(receiver.delivered() == 5);
  receiver.traffic().datagrams(5);
  io.poll();
  CHECK(receiver.delivered() == 10);
  CHECK(receiver.traffic().armed());
}

TEST_CASE("stop and start inside the handler continue with the next datagram") {
  asio::io_context io;
  scripted_packets* self = nullptr;
  std::vector<std::string> seen;
  scripted_packets receiver(io,
                            [&](const packet& p) {
                              seen.push_back(text_of(p));
                              if (seen.size() % 3 == 0) {
                                self->stop();
                                self->start();
                              }
                            },
                            {.shape = each_shape()});
  self = &receiver;
  receiver.traffic().datagrams(50);
  receiver.start();
  io.poll();
  CHECK(seen == numbers(50));
}

TEST_CASE("stop inside the handler and start from another handler") {
  asio::io_context io;
  scripted_packets* self = nullptr;
  scripted_packets receiver(io,
                            [&](const packet&) {
                              self->stop();
                              asio::post(io, [&] { self->start(); });
                            },
                            {.batch = 1, .shape = each_shape()});
  self = &receiver;
  receiver.traffic().datagrams(50);
  receiver.start();
  io.poll();
  CHECK(receiver.delivered() + receiver.counters().discarded_on_stop == 50);
  CHECK(receiver.delivered() >= 25);
}

TEST_CASE("a receiver can be destroyed inside its handler") {
  asio::io_context io;
  std::unique_ptr<scripted_packets> receiver;
  int calls = 0;
  auto state = std::make_shared<int>(0); // is destroyed with the handler
  const std::weak_ptr<int> alive = state;
  receiver = std::make_unique<scripted_packets>(
      io,
      [&, state](const packet& p) {
        ++*state;
        if (++calls == 3) {
          receiver->destroy();
          CHECK(text_of(p) == "2"); // the packet is valid until the handler returns
          ++*state;                 // and so does the handler
        }
      },
      scripted_settings{.shape = each_shape()});
  state.reset();
  receiver->traffic().datagrams(20);
  receiver->start();
  io.run();
  CHECK(calls == 3);
  CHECK(alive.expired());
}

TEST_CASE("a receiver can be destroyed inside its error handler") {
  asio::io_context io;
  auto receiver = std::make_unique<scripted_packets>(
      io, [](const packet&) {}, scripted_settings{.shape = each_shape()});
  const std::weak_ptr<scripted_packets::loop_type> loop = receiver->shared_loop();
  int reported = 0;
  receiver->on_error([&](const ancillary::receive_error&) {
    ++reported;
    receiver->destroy();
  });
  receiver->traffic()
      .datagrams(1)
      .error(ancillary::receive_condition::port_unreachable)
      .error(ancillary::receive_condition::port_unreachable)
      .datagrams(2);
  receiver->start();
  io.run();
  CHECK(reported == 1);
  CHECK(receiver->delivered() == 1);
  CHECK(loop.expired());
}

TEST_CASE("a receiver can be destroyed with a wake-up pending") {
  const bool already_queued = GENERATE(false, true);
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  const std::weak_ptr<void> loop = receiver.shared_loop();
  receiver.start();
  if (already_queued) {
    receiver.traffic().datagrams(3);
  }
  receiver.destroy();
  CHECK_FALSE(loop.expired()); // the system may still write into its slot
  io.run();
  CHECK(loop.expired());
  CHECK(receiver.delivered() == 0);
}

TEST_CASE("a receiver can be destroyed without being started") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  const std::weak_ptr<void> loop = receiver.shared_loop();
  receiver.destroy();
  CHECK(loop.expired());
}

TEST_CASE("an executor destroyed with a queued wake-up releases the loop") {
  auto traffic = std::make_shared<script>(each_shape());
  auto pool = ancillary::slot_pool::make({.batch = 4});
  std::weak_ptr<void> loop_alive;
  const int state = GENERATE(0, 1, 2); // waiting, woken, suspended by an exception
  {
    asio::io_context io;
    auto handler = [](const packet&) { throw 1; };
    auto loop = std::make_shared<
        ancillary::detail::delivery<ancillary::detail::receive_loop, decltype(handler)>>(
        handler, asio::ip::udp::socket(io), std::make_unique<scripted_driver>(traffic), pool,
        ancillary::field_set{}, ancillary::receive_options{});
    loop_alive = loop;
    loop->start();
    if (state != 0) {
      traffic->datagrams(3);
    }
    if (state == 2) {
      CHECK_THROWS_AS(io.run(), int);
    }
    loop->close();
    loop.reset();
  }
  CHECK(loop_alive.expired());
  CHECK(free_slots(*pool) == pool->slot_count());
}

TEST_CASE("stop in the pause handler takes effect before the next receive") {
  asio::io_context io;
  std::vector<ancillary::retained_packet> kept;
  scripted_packets receiver(io, [&](const packet& each) { kept.push_back(each.retain()); },
                            {.batch = 2, .shape = driver_shape::readiness});
  receiver.loop().pause_handler = [&](bool paused) {
    if (!paused) {
      receiver.stop();
    }
  };
  receiver.traffic().datagrams(6);
  receiver.start();
  io.poll();
  const std::size_t slots = receiver.pool().slot_count();
  REQUIRE(kept.size() == slots);
  kept.clear();
  io.restart();
  io.poll();
  CHECK(receiver.traffic().left() == 6 - slots);
  CHECK(receiver.counters().discarded_on_stop == 0);
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
