// Stopping and restarting at any time, on the loop's own thread.
#include "support/scripted_receiver.hpp"

#include <asio/post.hpp>
#include <stdexcept>

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

TEST_CASE("winding down delivers what the pending wake-up brought, and discards nothing") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  receiver.start();
  receiver.traffic().datagrams(20); // the wake-up is queued
  receiver.loop().wind_down();
  io.run();
  CHECK(receiver.loop().is_idle());
  CHECK(receiver.delivered() >= 1);
  CHECK(receiver.delivered() <= 8); // one batch
  CHECK(receiver.delivered() + receiver.traffic().left() == 20);
  CHECK(receiver.counters().discarded_on_stop == 0);
}

TEST_CASE("winding down within a batch delivers the rest of it, also after an exception") {
  asio::io_context io;
  scripted_packets* self = nullptr;
  int calls = 0;
  const bool throws = GENERATE(false, true);
  scripted_packets receiver(io,
                            [&](const packet&) {
                              if (++calls == 3) {
                                self->loop().wind_down();
                                if (throws) {
                                  throw std::runtime_error("mine");
                                }
                              }
                            },
                            {.shape = each_shape()});
  self = &receiver;
  receiver.traffic().datagrams(30);
  receiver.start();
  if (throws) {
    CHECK_THROWS_WITH(io.run(), "mine");
  }
  io.run();
  CHECK(receiver.loop().is_idle());
  CHECK(calls >= 8);
  CHECK(calls <= 16); // at most one more batch
  CHECK(static_cast<std::size_t>(calls) + receiver.traffic().left() == 30);
  CHECK(receiver.counters().discarded_on_stop == 0);
}

TEST_CASE("winding down without traffic makes run() return, and winding up receives again") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  receiver.start();
  receiver.loop().wind_down();
  io.run();
  CHECK(receiver.loop().is_idle());
  receiver.loop().wind_up();
  receiver.traffic().datagrams(20);
  io.restart();
  io.poll();
  CHECK(receiver.delivered() == 20);
}
