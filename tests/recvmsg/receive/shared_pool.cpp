// Receivers that share a pool, each on its own context, which the test runs by hand.
#include "support/patience.hpp"
#include "support/scripted_receiver.hpp"

#include <chrono>
#include <stdexcept>

using namespace ancillary_test;
using ancillary::packet;

namespace {

std::shared_ptr<ancillary::slot_pool> small_pool(std::chrono::nanoseconds patience) {
  auto pool = ancillary::slot_pool::make(
      {.batch = 4, .payload_capacity = 64, .control_capacity = 64, .receivers = 8});
  pool->window().turns().set_patience(patience);
  return pool;
}

constexpr std::chrono::hours never{1};

void poll(asio::io_context& io) {
  io.restart();
  io.poll();
}

} // namespace

TEST_CASE("shared pool: a flooded receiver takes its next turn after every waiting receiver") {
  const driver_shape shape = each_shape();
  const auto pool = small_pool(never);
  const scripted_settings settings{.budget_batches = 1, .shape = shape, .pool = pool};
  asio::io_context flooded_io;
  asio::io_context first_io;
  asio::io_context second_io;
  int at_first = 0;
  int at_second = 0;
  scripted_receiver first(
      first_io, [&](const packet&) { ++at_first; }, settings);
  scripted_receiver second(
      second_io, [&](const packet&) { ++at_second; }, settings);
  std::uint64_t calls = 0;
  scripted_receiver flooded(
      flooded_io,
      [&](const packet&) {
        if (++calls == 1) { // the window is held: both have to wait for their turn
          poll(first_io);
          poll(second_io);
        }
      },
      settings);
  first.start();
  second.start();
  flooded.start();
  first.traffic().datagrams(1);
  second.traffic().datagrams(1);
  flooded.traffic().datagrams(400);

  poll(flooded_io);
  // The flooded receiver, with work left, waits until each of the others has had its turn.
  const std::uint64_t turn = pool->batch() + 1;
  CHECK(calls <= turn);
  CHECK(flooded.traffic().left() != 0);
  poll(first_io);
  CHECK(at_first == 1);
  poll(flooded_io);
  CHECK(calls <= turn);
  poll(second_io);
  CHECK(at_second == 1);
  poll(flooded_io);
  CHECK(calls == 400);

  const ancillary::receive_counters waited = first.counters();
  CHECK(waited.pool_waits == 1);
  CHECK(waited.longest_pool_wait > std::chrono::nanoseconds(0));
}

TEST_CASE("shared pool: a receiver whose context does not run is skipped") {
  const auto pool = small_pool(std::chrono::milliseconds(1));
  const scripted_settings settings{.budget_batches = 1, .pool = pool};
  asio::io_context busy_io;
  asio::io_context abandoned_io;
  int at_abandoned = 0;
  scripted_receiver abandoned(
      abandoned_io, [&](const packet&) { ++at_abandoned; }, settings);
  std::uint64_t calls = 0;
  scripted_receiver busy(
      busy_io,
      [&](const packet&) {
        if (++calls == 1) {
          poll(abandoned_io);
        }
      },
      settings);
  abandoned.start();
  busy.start();
  abandoned.traffic().datagrams(1);
  busy.traffic().datagrams(100);
  // The abandoned one is next, and nobody runs its context.
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (calls < 100 && std::chrono::steady_clock::now() < deadline) {
    busy_io.restart();
    busy_io.run_one_for(std::chrono::milliseconds(10));
  }
  CHECK(calls == 100);
  CHECK(at_abandoned == 0);
  poll(abandoned_io);
  CHECK(at_abandoned == 1);
}

TEST_CASE("shared pool: a throwing handler neither delays other receivers nor loses datagrams") {
  const driver_shape shape = each_shape();
  const auto pool = small_pool(never);
  const scripted_settings settings{.shape = shape, .pool = pool};
  asio::io_context throwing_io;
  asio::io_context other_io;
  std::vector<std::string> seen;
  scripted_receiver throwing(
      throwing_io,
      [&](const packet& each) {
        seen.push_back(text_of(each));
        if (seen.size() == 1) {
          throw std::runtime_error("handler");
        }
      },
      settings);
  int at_other = 0;
  scripted_receiver other(
      other_io, [&](const packet&) { ++at_other; }, settings);
  throwing.start();
  other.start();
  throwing.traffic().datagrams(7);
  other.traffic().datagrams(10);
  CHECK_THROWS_AS(throwing_io.poll(), std::runtime_error);
  poll(other_io); // the context of the first does not run for now
  CHECK(at_other == 10);
  poll(throwing_io);
  CHECK(seen == numbers(7));
}

TEST_CASE("shared pool: a receiver destroyed after its handler threw releases its slots") {
  const auto pool = small_pool(never);
  const scripted_settings settings{.shape = each_shape(), .pool = pool};
  asio::io_context io;
  {
    scripted_receiver throwing(
        io, [](const packet&) { throw std::runtime_error("handler"); }, settings);
    throwing.start();
    throwing.traffic().datagrams(4);
    CHECK_THROWS_AS(io.poll(), std::runtime_error);
  }
  CHECK(free_slots(*pool) == pool->slot_count());
}
