// async_receiver beyond the behaviour that all ways of receiving share (behaviour.cpp).

#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/async_receiver.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/error.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>

using namespace ancillary_test;
using ancillary::async_receiver;
using ancillary::packet_batch;

namespace {

std::string text_of(const ancillary::packet& each) {
  return {reinterpret_cast<const char*>(each.payload().data()), each.payload().size()};
}

} // namespace

TEST_CASE("async_receive: a plain handler is never called from within the initiation", "[async]") {
  asio::io_context io;
  async_receiver receiver(io, loopback_any_port());
  loopback_sender(receiver.local_endpoint()).send("here already");
  packet_batch batch;
  std::optional<std::error_code> outcome;
  receiver.async_receive(batch, [&](std::error_code error) { outcome = error; });
  CHECK_FALSE(outcome);
  REQUIRE(run_until(io, [&] { return outcome.has_value(); }));
  CHECK_FALSE(*outcome);
  REQUIRE(batch.size() == 1);
  CHECK(text_of(batch[0]) == "here already");
}

TEST_CASE("async_receive: use_future works", "[async]") {
  asio::io_context io;
  async_receiver receiver(io, loopback_any_port());
  packet_batch batch;
  std::future<void> done = receiver.async_receive(batch, asio::use_future);
  std::thread runner([&] { io.run(); });
  loopback_sender(receiver.local_endpoint()).send("x");
  CHECK(done.wait_for(patience) == std::future_status::ready);
  runner.join();
  CHECK(batch.size() == 1);
}

TEST_CASE("async_receive: a cancellation slot, cancel() and close() complete it without loss",
          "[async]") {
  asio::io_context io;
  async_receiver receiver(io, loopback_any_port());
  packet_batch batch;
  std::optional<std::error_code> outcome;
  const auto note = [&](std::error_code error) { outcome = error; };

  asio::cancellation_signal signal;
  receiver.async_receive(batch, asio::bind_cancellation_slot(signal.slot(), note));
  io.poll();
  signal.emit(asio::cancellation_type::total);
  io.run(); // returns: nothing is pending
  CHECK(outcome == asio::error::operation_aborted);
  signal.emit(asio::cancellation_type::all); // has no effect now

  io.restart();
  outcome.reset();
  receiver.async_receive(batch, note);
  io.poll();
  loopback_sender(receiver.local_endpoint()).send("kept");
  receiver.cancel();
  io.run();
  CHECK(outcome == asio::error::operation_aborted);
  CHECK(batch.empty());

  io.restart();
  outcome.reset();
  receiver.async_receive(batch, note);
  REQUIRE(run_until(io, [&] { return outcome.has_value(); }));
  REQUIRE(batch.size() == 1);
  CHECK(text_of(batch[0]) == "kept");

  outcome.reset();
  receiver.async_receive(batch, note);
  receiver.close();
  io.restart();
  io.run();
  CHECK(outcome == asio::error::operation_aborted);

  outcome.reset();
  receiver.async_receive(batch, note);
  io.restart();
  io.run();
  REQUIRE(outcome);
  CHECK(*outcome);
  CHECK(receiver.last_error().condition == ancillary::receive_condition::socket_closed);
  CHECK(receiver.last_error().fatal);
}

TEST_CASE("packet_batch outlives its receiver", "[async]") {
  asio::io_context io;
  packet_batch batch;
  {
    async_receiver receiver(io, loopback_any_port());
    loopback_sender(receiver.local_endpoint()).send("still here");
    receiver.async_receive(batch, [](std::error_code) {});
    REQUIRE(run_until(io, [&] { return !batch.empty(); }));
  }
  io.restart();
  io.run();
  CHECK(text_of(batch[0]) == "still here");
}

TEST_CASE("a coroutine that owns its receiver is destroyed with the context", "[async]") {
  std::weak_ptr<async_receiver> watched;
  {
    asio::io_context io;
    auto owned = std::make_shared<async_receiver>(io, loopback_any_port());
    watched = owned;
    asio::co_spawn(
        io,
        [](std::shared_ptr<async_receiver> receiver) -> asio::awaitable<void> {
          packet_batch batch;
          co_await receiver->async_receive(batch, asio::use_awaitable);
        }(std::move(owned)),
        asio::detached);
    io.poll();
    CHECK_FALSE(watched.expired());
  }
  CHECK(watched.expired());
}

TEST_CASE("async_receive waits for slots held by another thread", "[async]") {
  asio::io_context io;
  async_receiver receiver(io, loopback_any_port(), {.batch = 2});
  loopback_sender from(receiver.local_endpoint());
  std::vector<ancillary::retained_packet> held;
  packet_batch batch;
  for (int i = 0; i < 10; ++i) {
    from.send("x");
  }
  bool done = false;        // also of the last one, which completes after the loop
  while (held.size() < 3) { // two, and one of a pending receive on Windows
    done = false;
    receiver.async_receive(batch, [&](std::error_code) { done = true; });
    if (!run_until(io, [&] { return done || receiver.counters().pauses != 0; }) || !done) {
      break;
    }
    for (const auto& each : batch) {
      held.push_back(each.retain());
    }
  }
  // run() continues while it waits for the slots.
  std::thread holder([mine = std::move(held)]() mutable {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    mine.clear();
  });
  std::size_t seen = 0;
  const auto receive_rest = [&]() -> asio::awaitable<void> {
    receiver.cancel();
    while (seen < 1) {
      co_await receiver.async_receive(batch, asio::use_awaitable);
      seen += batch.size();
    }
  };
  asio::co_spawn(io, receive_rest, asio::detached);
  io.restart();
  io.run();
  holder.join();
  CHECK(seen >= 1);
}

TEST_CASE("async_receiver reports a failed set-up", "[async]") {
  asio::io_context io;
  const ancillary::receive_options options{
      .metadata = ancillary::require({ancillary::field::redirect_context})};
  std::error_code error;
  async_receiver receiver(io, loopback_any_port(), options, error);
  CHECK(error);
  CHECK(receiver.metadata().first_missing() != nullptr);
  REQUIRE_THROWS_WITH(async_receiver(io, loopback_any_port(), options),
                      Catch::Matchers::ContainsSubstring("redirect_context"));
}

TEST_CASE("packet_batch outlives its receiver and the io_context", "[async]") {
  packet_batch batch;
  {
    asio::io_context io;
    async_receiver receiver(io, loopback_any_port());
    std::optional<std::error_code> outcome;
    receiver.async_receive(batch, [&](std::error_code error) { outcome = error; });
    loopback_sender(receiver.local_endpoint()).send("still here");
    REQUIRE(run_until(io, [&] { return outcome.has_value(); }));
  }
  REQUIRE(batch.size() == 1);
  CHECK(text_of(batch[0]) == "still here");
}
