// How a loop waits for real datagrams: on any executor, on several threads, after a stop, and while
// a handler blocks. A lost wake-up shows as a test that times out.

#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg.hpp>

#include <array>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>
#include <atomic>
#include <functional>
#include <future>
#include <thread>
#include <vector>

using namespace ancillary_test;
using ancillary::packet;

namespace {

// Threads that run a context until they are joined.
class runners {
public:
  runners(asio::io_context& io, int count) : work_(asio::make_work_guard(io)) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([&io] { io.run(); });
    }
  }
  ~runners() { join(); }
  runners(const runners&) = delete;
  runners& operator=(const runners&) = delete;

  // Once nothing is pending.
  void join() {
    work_.reset();
    for (std::thread& each : threads_) {
      each.join();
    }
    threads_.clear();
  }

private:
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::vector<std::thread> threads_;
};

// Each datagram has to wake a loop that has just become idle, or is about to.
bool one_after_the_other(std::size_t count, const asio::ip::udp::endpoint& to,
                         const std::atomic<std::size_t>& delivered) {
  loopback_sender from(to);
  for (std::size_t i = 1; i <= count; ++i) {
    from.send("x");
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (delivered.load() < i) {
      if (std::chrono::steady_clock::now() > deadline) {
        return false;
      }
      std::this_thread::yield();
    }
  }
  return true;
}

} // namespace

TEST_CASE("a loop wakes up for each datagram on a context run by several threads", "[waiting]") {
  asio::io_context io;
  std::atomic<std::size_t> delivered = 0;
  ancillary::receiver receiver(io, loopback_any_port(), [&](const packet&) { ++delivered; });
  receiver.start();
  runners threads(io, 3);
  CHECK(one_after_the_other(2000, receiver.local_endpoint(), delivered));
  receiver.stop();
  threads.join();
  CHECK(receiver.counters().datagrams == delivered);
}

TEST_CASE("a loop wakes up for each datagram on a strand", "[waiting]") {
  asio::io_context io;
  const auto strand = asio::make_strand(io);
  std::atomic<std::size_t> delivered = 0;
  std::atomic<bool> always_in_strand = true;
  ancillary::receiver receiver(strand, loopback_any_port(),
                               [&](const packet&) {
                                 always_in_strand =
                                     always_in_strand && strand.running_in_this_thread();
                                 ++delivered;
                               },
                               {.batch = 1, .budget_batches = 1});
  loopback_sender from(receiver.local_endpoint());
  constexpr std::size_t burst = 50; // a turn for each
  for (std::size_t i = 0; i < burst; ++i) {
    from.send("x");
  }
  receiver.start();
  runners threads(io, 2);
  CHECK(poll_until([&] { return delivered == burst; }));
  delivered = 0;
  CHECK(one_after_the_other(500, receiver.local_endpoint(), delivered));
  CHECK(always_in_strand);
  receiver.stop();
}

TEST_CASE("a loop wakes up for each datagram on a thread pool", "[waiting]") {
  asio::thread_pool pool(2);
  std::atomic<std::size_t> delivered = 0;
  ancillary::receiver receiver(pool.get_executor(), loopback_any_port(),
                               [&](const packet&) { ++delivered; });
  receiver.start();
  CHECK(one_after_the_other(500, receiver.local_endpoint(), delivered));
  receiver.stop();
  pool.join();
}

TEST_CASE("datagrams left in the socket by a stop arrive after the start without another datagram",
          "[waiting]") {
  asio::io_context io;
  std::size_t delivered = 0;
  ancillary::receiver receiver(io, loopback_any_port(),
                               [&](const packet&, ancillary::receive_control& control) {
                                 ++delivered;
                                 control.stop();
                               },
                               {.batch = 1});
  loopback_sender from(receiver.local_endpoint());
  for (int i = 0; i < 5; ++i) {
    from.send("x");
  }
  for (std::size_t i = 1; i <= 5; ++i) {
    receiver.start();
    REQUIRE(run_until(io, [&] { return delivered == i; }));
  }
  CHECK(receiver.counters().datagrams == 5);
}

TEST_CASE("a blocking handler delays only its own socket and loses nothing", "[waiting]") {
  asio::io_context io;
  std::promise<void> entered;
  std::promise<void> go_on;
  std::atomic<std::size_t> delivered = 0;
  ancillary::receiver blocked(io, loopback_any_port(), [&](const packet&) {
    if (delivered.fetch_add(1) == 0) {
      entered.set_value();
      go_on.get_future().wait();
    }
  });
  std::atomic<std::size_t> others = 0;
  ancillary::receiver free(io, loopback_any_port(), [&](const packet&) { ++others; });
  blocked.start();
  free.start();
  runners threads(io, 2);

  loopback_sender from(blocked.local_endpoint());
  from.send("first");
  entered.get_future().wait();
  constexpr std::size_t queued = 50;
  for (std::size_t i = 0; i < queued; ++i) {
    from.send("while it blocks");
  }
  CHECK(one_after_the_other(100, free.local_endpoint(), others));
  CHECK(delivered == 1);

  SECTION("it continues with the datagrams that arrived meanwhile") {
    go_on.set_value();
    CHECK(poll_until([&] { return delivered == 1 + queued; }));
    blocked.stop();
  }
  SECTION("a stop from another thread does not wait for it and takes effect when it returns") {
    blocked.stop();
    go_on.set_value();
  }
  free.stop();
  threads.join();
  const ancillary::receive_counters counted = blocked.counters();
  CHECK(counted.datagrams == delivered + counted.discarded_on_stop);
}
