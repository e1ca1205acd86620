#include "platform/driver.hpp"
#include "window.hpp"
#include <ancillary/decoders/metadata_view.hpp>
#include <ancillary/recvmsg/detail/receive_loop.hpp>

#include <algorithm>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <chrono>
#include <gsl/assert>
#include <memory>
#include <utility>

namespace ancillary::detail {

namespace {

// After a lack of resources there is no event to wait for; a pause this long keeps the loop from
// spinning and is short beside what it takes the system to recover.
constexpr std::chrono::milliseconds retry_pause{10};

// An unknown error that comes again and again without a datagram in between will not go away.
constexpr unsigned unknown_failures_tolerated = 16;

} // namespace

receive_loop::receive_loop(asio::ip::udp::socket socket, const receive_options& options,
                           std::error_code& error)
    : receive_loop(std::make_shared<asio::ip::udp::socket>(std::move(socket)), options, error) {}

receive_loop::receive_loop(std::shared_ptr<asio::ip::udp::socket> socket,
                           const receive_options& options, std::error_code& error)
    : shared_socket_(std::move(socket)),
      socket_(*shared_socket_),
      budget_batches_(options.budget_batches),
      retry_(socket_.get_executor()) {
  Expects(options.budget_batches > 0);
  set_up(options, error);
}

receive_loop::receive_loop(asio::ip::udp::socket socket, std::unique_ptr<driver> source,
                           std::shared_ptr<slot_pool> pool, field_set granted,
                           const receive_options& options)
    : shared_socket_(std::make_shared<asio::ip::udp::socket>(std::move(socket))),
      socket_(*shared_socket_),
      driver_(std::move(source)),
      budget_batches_(options.budget_batches),
      retry_(socket_.get_executor()) {
  pool_ = std::move(pool);
  replies_.leave_by(socket_, options, *pool_);
  expect(granted, driver_->layout());
}

receive_loop::~receive_loop() { finish(); }

void receive_loop::set_up(const receive_options& options, std::error_code& error) {
  report_ = request_metadata(socket_, coalescing_limited(options), error);
  if (error) {
    return;
  }
  use_pool(options);
  replies_.leave_by(socket_, options, *pool_);
  driver_ = make_driver(socket_, options, error);
  if (!error) {
    expect(report_.granted(), driver_->layout());
  }
}

void receive_loop::start() {
  Expects(driver_ != nullptr);
  Expects(stopped());
  stopped_.store(false);
  failures_in_a_row_ = 0;
  const loop_state before = state_.load();
  if (before == loop_state::idle || before == loop_state::waiting) {
    state_.store(loop_state::running);
    begin_turn(false);
  }
  // Else an event of the time before stop() is still to come, and goes on from there.
}

void receive_loop::stop() noexcept {
  if (stopped_.exchange(true)) {
    return;
  }
  {
    const std::lock_guard lock(arming_);
    driver_->cancel();
    retry_.cancel();
    stop_waiting_for_room_.emit(asio::cancellation_type::all);
  }
  // A loop that waits for the pool, or is held, has nothing pending that would end it.
  for (loop_state from : {loop_state::waiting, loop_state::held}) {
    if (state_.compare_exchange_strong(from, loop_state::running)) {
      finish();
      return;
    }
  }
}

void receive_loop::close() noexcept {
  stop();
  std::error_code ignored;
  socket_.close(ignored);
}

void receive_loop::on_wake() {
  state_.store(loop_state::running, std::memory_order_relaxed);
  count_wakeup();
  begin_turn(true);
}

void receive_loop::resume() {
  for (loop_state from : {loop_state::waiting, loop_state::suspended}) {
    if (state_.compare_exchange_strong(from, loop_state::running)) {
      begin_turn(true);
      return;
    }
  }
}

void receive_loop::want_no_more() noexcept {
  if (!std::exchange(wanted_, false)) {
    return;
  }
  // A wake-up that is not awaited any more would keep the executor running.
  const std::lock_guard lock(arming_);
  if (state_.load() == loop_state::armed) {
    driver_->cancel();
    retry_.cancel();
  }
}

void receive_loop::go_on() {
  Expects(driver_ != nullptr);
  wanted_ = true;
  if (stopped_.exchange(false)) {
    failures_in_a_row_ = 0;
  }
  if (has_batch()) {
    let_go_of_batch();
  }
  for (loop_state from : {loop_state::idle, loop_state::held}) {
    if (state_.compare_exchange_strong(from, loop_state::running)) {
      begin_turn(!back_off_first_);
      return;
    }
  }
  // Else an event of an earlier time is still to come, and goes on from there.
}

void receive_loop::hold() {
  if (!has_batch()) {
    release_window();
  }
  state_.store(loop_state::held);
  if (stopped_.load()) {
    loop_state from = loop_state::held;
    if (state_.compare_exchange_strong(from, loop_state::running)) {
      finish();
    }
  }
  on_hold();
}

void receive_loop::wait_for_pool(void (window::*wait)(const std::shared_ptr<receive_loop>&)) {
  waiting_work_.emplace(executor());
  state_.store(loop_state::waiting);
  (pool_->window().*wait)(shared_from_this());
}

void receive_loop::begin_turn(bool receive) {
  waiting_work_.reset();
  if (stopped()) {
    finish();
    return;
  }
  if (!wanted_) {
    hold();
    return;
  }
  if (!acquire_window()) {
    wait_for_pool(&window::wait_for_window);
    return;
  }
  next_step next = std::exchange(back_off_first_, false) ? next_step::back_off : next_step::arm;
  if (receive) {
    try {
      next = receive_batches();
    } catch (...) {
      // The caller of run() gets the exception; the rest of the batch follows in the next run.
      state_.store(loop_state::suspended);
      asio::post(executor(), [self = shared_from_this()] { self->resume(); });
      throw;
    }
  }
  end_turn(next);
}

receive_loop::next_step receive_loop::receive_batches() {
  if (!replies_.flush()) [[unlikely]] {
    return next_step::wait_for_room;
  }
  if (has_batch()) {
    hand_over(true); // what an exception left behind
  }
  if (deferred_error_.condition != receive_condition::none) [[unlikely]] {
    const next_step next = handle(std::exchange(deferred_error_, {}));
    if (next != next_step::arm) {
      return next;
    }
  }
  for (std::size_t budget = budget_batches_; budget != 0 && !stopped(); --budget) {
    if (!refill_window()) {
      return next_step::wait_for_slot;
    }
    const receive_result result = receive_batch(*driver_);
    if (result.count != 0) {
      failures_in_a_row_ = 0;
      hand_over(true);
      if (!wanted_) {
        deferred_error_ = result.error;
        return next_step::hold;
      }
    }
    if (result.error.condition != receive_condition::none) [[unlikely]] {
      const next_step next = handle(result.error);
      if (next != next_step::arm) {
        return next;
      }
    }
    if (replies_wait_) [[unlikely]] {
      return next_step::wait_for_room;
    }
    if (result.exhausted) {
      break;
    }
  }
  return next_step::arm;
}

receive_loop::next_step receive_loop::handle(receive_error error) {
  count_error(error.condition);
  next_step next = next_step::arm;
  switch (error.condition) {
  case receive_condition::interrupted:
    // The caller may cancel operations of its own on the socket, and ours with them. We go on.
    return next;
  case receive_condition::socket_closed:
    error.fatal = true;
    break;
  case receive_condition::out_of_resources:
  case receive_condition::network_down:
    next = next_step::back_off;
    break;
  case receive_condition::other:
    error.fatal = ++failures_in_a_row_ > unknown_failures_tolerated;
    next = next_step::back_off;
    break;
  default:
    break;
  }
  if (error.fatal) {
    stopped_.store(true);
    next = next_step::end;
  }
  if (error_handler) {
    error_handler(error);
  }
  if (stopped()) {
    return next_step::end;
  }
  if (!wanted_) {
    back_off_first_ = next == next_step::back_off;
    return next_step::hold;
  }
  return next;
}

void receive_loop::end_turn(next_step next) {
  window& slots = pool_->window();
  if (next == next_step::arm || next == next_step::back_off || next == next_step::wait_for_room) {
    const std::lock_guard lock(arming_);
    // From the moment that it is armed, another thread of the executor may run the next turn.
    if (stopped()) {
      next = next_step::end;
    } else {
      holds_window_ = false;
      if (next == next_step::back_off) {
        state_.store(loop_state::armed);
        retry_.expires_after(retry_pause);
        retry_.async_wait([self = shared_from_this()](const std::error_code&) { self->on_wake(); });
      } else if (next == next_step::wait_for_room) {
        state_.store(loop_state::armed);
        socket_.async_wait(
            asio::socket_base::wait_write,
            asio::bind_cancellation_slot(
                stop_waiting_for_room_.slot(),
                [self = shared_from_this()](const std::error_code&) { self->on_wake(); }));
      } else {
        state_.store(loop_state::armed);
        if (!driver_->arm(shared_from_this(), slots)) {
          state_.store(loop_state::running);
          next = next_step::wait_for_slot;
        }
      }
    }
  }
  switch (next) {
  case next_step::arm:
  case next_step::back_off:
  case next_step::wait_for_room:
    slots.release();
    break;
  case next_step::wait_for_slot:
    note_pause();
    holds_window_ = false;
    slots.release();
    wait_for_pool(&window::wait_for_slot);
    break;
  case next_step::hold:
    hold();
    break;
  case next_step::end:
    finish();
    on_hold();
    break;
  }
}

void receive_loop::finish() noexcept {
  waiting_work_.reset();
  state_.store(loop_state::idle);
  if (!driver_) {
    return;
  }
  replies_.finish();
  window& slots = pool_->window();
  if (has_batch()) {
    let_go_of_batch();
  }
  const abandoned_slot last = driver_->abandon();
  if (last.filled) {
    discard(*last.held);
  }
  if (last.held != nullptr) {
    slots.give_back(last.held);
  }
  release_window();
}

} // namespace ancillary::detail
