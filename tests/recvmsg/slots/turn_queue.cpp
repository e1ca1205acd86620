// The order of turns in the window of a pool.
#include "slots/turn_queue.hpp"

#include "support/catch.hpp"

#include <asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <vector>

using ancillary::detail::turn_queue;
using ancillary::detail::wakeable;

namespace {

struct candidate final : wakeable, std::enable_shared_from_this<candidate> {
  explicit candidate(turn_queue& in) : queue(in) {}

  void on_wake() override {}
  void resume() override { ++resumed; }
  asio::any_io_executor executor() override { return io.get_executor(); }

  bool acquire() noexcept { return queue.try_acquire(static_cast<wakeable*>(this)); }
  void wait() { queue.wait(shared_from_this()); }
  void run() {
    io.restart();
    io.poll();
  }

  turn_queue& queue;
  asio::io_context io;
  int resumed = 0;
};

constexpr std::chrono::hours never{1};

} // namespace

TEST_CASE("turn_queue: a free window goes to the first to ask") {
  turn_queue queue;
  const auto a = std::make_shared<candidate>(queue);
  const auto b = std::make_shared<candidate>(queue);
  CHECK(a->acquire());
  CHECK_FALSE(b->acquire());
  queue.release();
  CHECK(b->acquire());
}

TEST_CASE("turn_queue: after a release, every waiting loop comes before the releasing one") {
  turn_queue queue;
  queue.set_patience(never);
  const auto a = std::make_shared<candidate>(queue);
  std::vector<std::shared_ptr<candidate>> others;
  for (int i = 0; i < 3; ++i) {
    others.push_back(std::make_shared<candidate>(queue));
  }
  REQUIRE(a->acquire());
  for (const auto& each : others) {
    CHECK_FALSE(each->acquire());
    each->wait();
  }
  queue.release();
  for (const auto& each : others) {
    CHECK_FALSE(a->acquire());
    each->run();
    CHECK(each->resumed == 1);
    CHECK(each->acquire());
    queue.release();
  }
  CHECK(a->acquire());
}

TEST_CASE("turn_queue: a loop that queues just after a release is resumed") {
  turn_queue queue;
  const auto a = std::make_shared<candidate>(queue);
  a->wait();
  a->run();
  CHECK(a->resumed == 1);
  CHECK(a->acquire());
}

TEST_CASE("turn_queue: a loop that leaves passes its reservation on") {
  turn_queue queue;
  queue.set_patience(never);
  const auto a = std::make_shared<candidate>(queue);
  const auto b = std::make_shared<candidate>(queue);
  const auto c = std::make_shared<candidate>(queue);
  REQUIRE(a->acquire());
  b->wait();
  c->wait();
  queue.release();
  queue.leave(b.get());
  b->run();
  CHECK_FALSE(b->acquire());
  c->run();
  CHECK(c->resumed == 1);
  CHECK(c->acquire());
}

TEST_CASE("turn_queue: a destroyed loop is skipped") {
  turn_queue queue;
  queue.set_patience(never);
  const auto a = std::make_shared<candidate>(queue);
  auto gone = std::make_shared<candidate>(queue);
  const auto c = std::make_shared<candidate>(queue);
  REQUIRE(a->acquire());
  gone->wait();
  c->wait();
  gone.reset();
  queue.release();
  c->run();
  CHECK(c->acquire());
}

TEST_CASE("turn_queue: a loop that does not run in time is skipped") {
  turn_queue queue;
  const auto a = std::make_shared<candidate>(queue);
  const auto late = std::make_shared<candidate>(queue);
  REQUIRE(a->acquire());
  late->wait();
  queue.release();

  queue.set_patience(never);
  queue.pass_over_late();
  CHECK_FALSE(a->acquire());

  queue.set_patience(std::chrono::nanoseconds(-1));
  queue.pass_over_late();
  CHECK(a->acquire());
  late->run();
  CHECK(late->resumed == 1);
  CHECK_FALSE(late->acquire());

  // An owner that has claimed its turn keeps it, however long it takes.
  queue.pass_over_late();
  CHECK_FALSE(late->acquire());
}
