// The tools' repeated actions, also those whose handler is queued when they end.
#include "examples/receiver/repeating_timer.hpp"

#include "support/catch.hpp"

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>

namespace {

using clock_type = std::chrono::steady_clock;
using namespace std::chrono_literals;

// Calls `then` when the timer's time is over and before its handler runs: the first function
// returns after that time, the reactor then queues the handler behind the second one.
void after_its_time(asio::io_context& io, std::function<void()> then) {
  asio::post(io, [&io, then = std::move(then)] {
    std::this_thread::sleep_for(20ms);
    asio::post(io, then);
  });
}

// Whether nothing keeps it running; with a fault it would run for ever.
bool ends(asio::io_context& io) {
  io.run_for(2s);
  return io.stopped();
}

} // namespace

TEST_CASE("repeating_timer: calls until the action wants no more") {
  asio::io_context io;
  tool::repeating_timer timer(io);
  int calls = 0;
  timer.begin(clock_type::now(),
              [&] { return ++calls < 3 ? std::optional(clock_type::now() + 1ms) : std::nullopt; });
  io.run();
  CHECK(calls == 3);
}

TEST_CASE("repeating_timer: ended while its handler is queued, it does not go on") {
  asio::io_context io;
  tool::repeating_timer timer(io);
  int calls = 0;
  timer.begin(clock_type::now() + 1ms, [&] {
    ++calls;
    return std::optional(clock_type::now() + 1ms);
  });
  after_its_time(io, [&] { timer.end(); });
  CHECK(ends(io));
  CHECK(calls == 0);
}

TEST_CASE("repeating_timer: begun anew while its handler is queued, it calls the new action only") {
  asio::io_context io;
  tool::repeating_timer timer(io);
  int old_calls = 0;
  int new_calls = 0;
  timer.begin(clock_type::now() + 1ms, [&] {
    ++old_calls;
    return std::optional(clock_type::now() + 1ms);
  });
  after_its_time(io, [&] {
    timer.begin(clock_type::now() + 1ms, [&] {
      ++new_calls;
      return std::nullopt;
    });
  });
  CHECK(ends(io));
  CHECK(old_calls == 0);
  CHECK(new_calls == 1);
}

TEST_CASE("repeating_timer: an action can end it") {
  asio::io_context io;
  tool::repeating_timer timer(io);
  int calls = 0;
  timer.begin(clock_type::now(), [&] {
    ++calls;
    timer.end();
    return std::optional(clock_type::now());
  });
  CHECK(ends(io));
  CHECK(calls == 1);
}
