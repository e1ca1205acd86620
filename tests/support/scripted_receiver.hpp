// A receiver with a script; every test must leave its counters balanced.
#pragma once

#include "support/catch.hpp"
#include "support/free_slots.hpp"
#include "support/scripted_driver.hpp"
#include <ancillary/recvmsg/receiver.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ancillary_test {

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::string text_of(const ancillary::packet& packet) { return text_of(packet.payload()); }

// "0", "1", ... as script::datagrams() numbers them.
inline std::vector<std::string> numbers(std::size_t count, std::size_t first = 0) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    texts.push_back(std::to_string(first + i));
  }
  return texts;
}

struct scripted_settings {
  std::size_t batch = 8;
  std::size_t payload_capacity = 256;
  std::size_t control_capacity = 256;
  std::size_t retainable = 0;
  std::size_t budget_batches = 4;
  std::chrono::nanoseconds turn_time{}; // no clock ends a turn that a test counts
  ancillary::field_set granted{};
  driver_shape shape = driver_shape::readiness;
  ancillary::layout_id layout = ancillary::layouts::native::id;
  std::shared_ptr<ancillary::slot_pool> pool{};
  ancillary::coalescing_guard guard{};
};

// Counts what the handler receives before it may throw.
template <class Handler>
struct counting_handler {
  std::shared_ptr<std::atomic<std::uint64_t>> delivered;
  Handler handler;

  void operator()(const ancillary::packet& packet) requires ancillary::packet_handler<Handler> {
    ++*delivered;
    handler(packet);
  }
  void operator()(std::span<const ancillary::packet> packets) requires(
      !ancillary::packet_handler<Handler>) {
    *delivered += packets.size();
    handler(packets);
  }
};

template <class Handler>
class scripted_receiver {
public:
  using loop_type =
      ancillary::detail::delivery<ancillary::detail::receive_loop, counting_handler<Handler>>;

  scripted_receiver(asio::io_context& io, Handler handler, const scripted_settings& settings = {})
      : io_(io),
        script_(std::make_shared<script>(settings.shape, settings.layout)),
        delivered_(std::make_shared<std::atomic<std::uint64_t>>(0)),
        pool_(settings.pool ? settings.pool
                            : ancillary::slot_pool::make({settings.batch, settings.payload_capacity,
                                                          settings.control_capacity,
                                                          settings.retainable, 1})),
        owns_pool_(!settings.pool) {
    ancillary::receive_options options;
    options.budget_batches = settings.budget_batches;
    options.turn_time = settings.turn_time;
    options.guard = settings.guard;
    loop_ = std::make_shared<loop_type>(
        counting_handler<Handler>{delivered_, std::move(handler)}, asio::ip::udp::socket(io),
        std::make_unique<scripted_driver>(script_), pool_, settings.granted, options);
  }

  scripted_receiver(const scripted_receiver&) = delete;
  scripted_receiver& operator=(const scripted_receiver&) = delete;

  // Stops the loop like a receiver's destructor, and checks the counters.
  ~scripted_receiver() {
    if (loop_) {
      loop_->close();
      settle();
      CHECK(loop_.use_count() == 1);
      check_account();
      loop_.reset();
    } else {
      settle();
    }
    if (owns_pool_ && expect_all_slots_back) {
      CHECK(free_slots(*pool_) == pool_->slot_count());
    }
  }

  void start() { loop_->start(); }
  void stop() noexcept { loop_->stop(); }
  // Like a receiver's destructor; the loop lives until the system has returned every slot.
  void destroy() {
    loop_->close();
    loop_.reset();
  }

  // True only when no batch is being delivered.
  void check_account() const {
    const ancillary::receive_counters counted = counters();
    CHECK(counted.datagrams == *delivered_ + counted.discarded_on_stop + counted.unmarked_dropped);
    CHECK(counted.datagrams == script_->handed_over());
  }

  loop_type& loop() noexcept { return *loop_; }
  std::shared_ptr<loop_type> shared_loop() const noexcept { return loop_; }
  script& traffic() noexcept { return *script_; }
  ancillary::slot_pool& pool() noexcept { return *pool_; }
  std::uint64_t delivered() const noexcept { return *delivered_; }
  ancillary::receive_counters counters() const noexcept { return loop_->counters(); }
  void on_error(std::function<void(const ancillary::receive_error&)> handler) {
    loop_->error_handler = std::move(handler);
  }

  bool expect_all_slots_back = true;

private:
  void settle() {
    io_.restart();
    for (bool quiet = false; !quiet;) {
      try {
        io_.poll();
        quiet = true;
      } catch (...) { // a throwing handler of the test
      }
    }
  }

  asio::io_context& io_;
  std::shared_ptr<script> script_;
  std::shared_ptr<std::atomic<std::uint64_t>> delivered_;
  std::shared_ptr<ancillary::slot_pool> pool_;
  bool owns_pool_;
  std::shared_ptr<loop_type> loop_;
};

// For handlers that refer to their own receiver.
using scripted_packets = scripted_receiver<std::function<void(const ancillary::packet&)>>;
using scripted_batches = scripted_receiver<std::function<void(std::span<const ancillary::packet>)>>;

// Every test of the loop runs with drivers of both shapes.
inline driver_shape each_shape() {
  return GENERATE(driver_shape::readiness, driver_shape::completion);
}

} // namespace ancillary_test
