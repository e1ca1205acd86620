// Destroying a receiver, or its executor, at any time, on the loop's own thread.
#include "support/scripted_receiver.hpp"

#include <memory>

using namespace ancillary_test;
using ancillary::packet;

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
