// Random sequences of all events of receivers that share a pool, compared with the invariants of
// each state (loop_state.hpp): no receiver blocks for ever, no slot is lost, every datagram is
// counted.
//
// Each test run makes 200,000 steps, on Windows 20,000; `recvmsg_tests "[model-long]"` makes ten
// million.
#include "support/datagram_count.hpp"
#include "support/patience.hpp"
#include "support/scripted_receiver.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <stdexcept>

using namespace ancillary_test;
using ancillary::packet;

namespace {

struct handler_threw : std::runtime_error {
  handler_threw() : std::runtime_error("handler") {}
};

// One receiver with its own context, as on its own thread.
class subject {
public:
  subject(std::shared_ptr<ancillary::slot_pool> pool, driver_shape shape, std::mt19937& random)
      : pool_(std::move(pool)), shape_(shape), random_(random) {
    make();
  }

  void make() {
    receiver_.emplace(
        io_, [this](const packet& each) { handle(each); },
        scripted_settings{.budget_batches = 1 + random_() % 3, .shape = shape_, .pool = pool_});
    receiver_->expect_all_slots_back = false;
    receiver_->loop().pause_handler = [this](bool paused) {
      if (!paused && one_in(8)) {
        receiver_->stop();
      }
    };
    is_started_ = false;
  }

  // Runs at most one handler of the context and catches its exception.
  void run_one() {
    io_.restart();
    try {
      io_.poll_one();
    } catch (const handler_threw&) {
    }
  }

  // Until no handler is left; timers of a loop that waits for another may remain.
  bool settle() {
    io_.restart();
    std::size_t ran = 0;
    try {
      ran = io_.poll();
    } catch (const handler_threw&) {
      return true;
    }
    return ran != 0;
  }

  void datagrams(std::size_t count) { receiver_->traffic().datagrams(count); }
  void error(ancillary::receive_condition condition) { receiver_->traffic().error(condition); }
  void start() {
    if (!is_running()) {
      receiver_->start();
      is_started_ = true;
    }
  }
  void stop() { receiver_->stop(); }
  void release_one() {
    if (!kept_.empty()) {
      kept_.pop_front();
    }
  }
  void release_all() { kept_.clear(); }
  // Like a receiver's destructor: returns its slots and counts what it received.
  void replace() {
    receiver_.reset();
    make();
  }

  bool is_running() { return is_started_ && !receiver_->loop().stopped(); }
  std::size_t left() { return receiver_->traffic().left(); }
  void calm_down() { calm_ = true; }
  void excite() { calm_ = false; }
  void check_account() const { receiver_->check_account(); }

private:
  bool one_in(unsigned n) { return !calm_ && random_() % n == 0; }

  void handle(const packet& each) {
    if (one_in(6)) {
      kept_.push_back(each.retain());
    }
    if (one_in(40)) {
      receiver_->stop();
    }
    if (one_in(12)) {
      throw handler_threw();
    }
  }

  asio::io_context io_;
  std::shared_ptr<ancillary::slot_pool> pool_;
  driver_shape shape_;
  std::mt19937& random_;
  std::deque<ancillary::retained_packet> kept_;
  std::optional<scripted_packets> receiver_;
  bool is_started_ = false;
  bool calm_ = false;
};

class model {
public:
  model(driver_shape shape, std::uint32_t seed) : random_(seed) {
    pool_ = ancillary::slot_pool::make({.batch = 4,
                                        .payload_capacity = 64,
                                        .control_capacity = 64,
                                        .retainable = 3,
                                        .receivers = subject_count});
    // The others' timers skip a late owner; this test has to run them.
    pool_->window().turns().set_patience(std::chrono::milliseconds(1));
    for (std::size_t i = 0; i < subject_count; ++i) {
      subjects_.push_back(std::make_unique<subject>(pool_, shape, random_));
    }
  }

  void run(std::size_t steps) {
    for (std::size_t step = 0; step < steps; ++step) {
      act();
      if (step % 512 == 511) {
        check_that_nobody_is_deaf();
      }
    }
    subjects_.clear();
    CHECK(free_slots(*pool_) == pool_->slot_count());
  }

private:
  static constexpr std::size_t subject_count = 3;

  void act() {
    subject& one = *subjects_[random_() % subject_count];
    switch (random_() % 16) {
    case 0:
    case 1:
      one.datagrams(1 + random_() % 6);
      break;
    case 2:
      one.error(ancillary::receive_condition::port_unreachable);
      break;
    case 3:
      one.release_one();
      break;
    case 4:
      one.start();
      break;
    case 5:
      if (random_() % 8 == 0) {
        one.stop();
      }
      break;
    case 6:
      if (random_() % 64 == 0) {
        one.replace();
      }
      break;
    default:
      one.run_one();
      break;
    }
  }

  // With all packets released, every pending datagram must reach its handler.
  void check_that_nobody_is_deaf() {
    for (const auto& each : subjects_) {
      each->calm_down();
      each->release_all();
    }
    const auto deadline = std::chrono::steady_clock::now() + patience;
    bool waits = true;
    while (waits && std::chrono::steady_clock::now() < deadline) {
      waits = false;
      for (const auto& each : subjects_) {
        each->start();
        waits = each->settle() || (each->is_running() && each->left() != 0) || waits;
      }
    }
    for (const auto& each : subjects_) {
      REQUIRE(each->left() == 0);
      each->check_account();
      each->excite();
    }
  }

  std::mt19937 random_;
  std::shared_ptr<ancillary::slot_pool> pool_;
  std::vector<std::unique_ptr<subject>> subjects_;
};

} // namespace

TEST_CASE("loop model: random sequences never block a loop for ever and lose no slot") {
  const driver_shape shape = each_shape();
  const auto seed = GENERATE(1u, 2u, 3u, 4u);
  // Each step polls, which is a system call on Windows.
  model(shape, seed).run(very_many_datagrams() / 4);
}

TEST_CASE("loop model: ten million steps", "[.][model-long]") {
  const driver_shape shape = each_shape();
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    model(shape, seed).run(100'000);
  }
}
