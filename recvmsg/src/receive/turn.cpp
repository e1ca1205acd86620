// One turn of a loop: from an event until the loop is armed again.

#include "platform/driver.hpp"
#include "slots/window.hpp"
#include <ancillary/recvmsg/detail/receive_loop.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

namespace ancillary::detail {

namespace {

// A lack of resources ends without an event. This pause keeps the loop from spinning and is short
// compared with the system's recovery.
constexpr std::chrono::milliseconds retry_pause{10};

// An unknown error that repeats without a datagram in between is assumed to be permanent.
constexpr unsigned unknown_failures_tolerated = 16;

constexpr std::size_t errors_per_batch = 32;

} // namespace

void receive_loop::on_wake() {
  state_.wake();
  account_.count_wakeup();
  begin_turn(true);
}

void receive_loop::begin_turn(bool receive) {
  turn_thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  if (stopped()) {
    finish();
    return;
  }
  if (!wanted_) {
    hold();
    return;
  }
  if (!acquire_window(static_cast<wakeable*>(this))) {
    wait_for_pool(next_step::wait_for_window);
    return;
  }
  if (waits_for_window_since_) [[unlikely]] {
    account_.count_pool_wait(std::chrono::steady_clock::now() - *waits_for_window_since_);
    waits_for_window_since_.reset();
  }
  next_step next = std::exchange(back_off_first_, false) ? next_step::back_off : next_step::arm;
  if (receive) {
    note_turn_begins();
    try {
      next = receive_batches();
    } catch (...) {
      note_turn_ends();
      suspend();
      throw;
    }
    note_turn_ends();
  }
  end_turn(next, receive);
  if (!receive && state_.load() == loop_state::waiting) {
    resume_soon(); // reports the error on the executor
  }
}

// The exception propagates out of run(); the rest of the batch follows in the next run(). Other
// loops of the pool do not wait for that.
void receive_loop::suspend() {
  keep_rest();
  if (!needs_window()) {
    release_window();
  }
  state_.set(loop_state::suspended);
  resume_soon();
}

receive_loop::next_step receive_loop::receive_batches() {
  replies_wait_ = !replies_.flush();
  if (replies_wait_) [[unlikely]] {
    return next_step::wait_for_room;
  }
  // Saves the clock call in a turn that empties the socket with its first receive call.
  std::optional<std::chrono::steady_clock::time_point> since;
  if (!emptied_) {
    since = std::chrono::steady_clock::now();
  }
  next_step next = hand_over_and_report(); // the rest of an earlier turn
  for (std::size_t budget = budget_batches_; budget != 0 && next == next_step::arm; --budget) {
    if (!refill_window()) {
      return next_step::wait_for_slot;
    }
    if (stopped() || took_last_batch_) { // by the handler of the last batch, or the pause handler
      break;
    }
    took_last_batch_ = winding_down_.load(std::memory_order_relaxed);
    const receive_result result = receive_batch(*driver_);
    pending_error_ = result.error;
    emptied_ = result.exhausted;
    next = hand_over_and_report();
    if (result.exhausted || (budget > 1 && is_over(since))) {
      break;
    }
  }
  return next;
}

bool receive_loop::is_over(std::optional<std::chrono::steady_clock::time_point>& since) const {
  const auto now = std::chrono::steady_clock::now();
  if (!since) {
    since = now;
    return false;
  }
  return turn_time_.count() != 0 && now - *since >= turn_time_;
}

receive_loop::next_step receive_loop::hand_over_and_report() {
  if (has_batch()) {
    failures_in_a_row_ = 0;
    hand_over(true);
    if (!wanted_) {
      return next_step::hold;
    }
  }
  next_step next = next_step::arm;
  if (pending_error_.condition != receive_condition::none) [[unlikely]] {
    next = report_errors();
  }
  if (next == next_step::arm && replies_wait_) [[unlikely]] {
    next = next_step::wait_for_room;
  }
  return next;
}

// Bounded, so that datagrams have their turn. What is left follows the next batch.
receive_loop::next_step receive_loop::report_errors() {
  for (std::size_t budget = errors_per_batch;; --budget) {
    const receive_error error = std::exchange(pending_error_, {});
    const next_step next = handle(error);
    if (next != next_step::arm || error.detail == nullptr || budget == 1) {
      return next;
    }
    pending_error_ = driver_->next_error();
    if (pending_error_.condition == receive_condition::none) {
      return next;
    }
  }
}

// Sets `error.fatal`.
receive_loop::next_step receive_loop::weigh(receive_error& error) noexcept {
  switch (error.condition) {
  case receive_condition::socket_closed:
    error.fatal = true;
    return next_step::end;
  case receive_condition::out_of_resources:
  case receive_condition::network_down:
    return next_step::back_off;
  case receive_condition::other:
    error.fatal = ++failures_in_a_row_ > unknown_failures_tolerated;
    return next_step::back_off;
  default:
    return next_step::arm;
  }
}

receive_loop::next_step receive_loop::handle(receive_error error) {
  account_.count_error(error.condition);
  if (stopped()) {
    return next_step::end;
  }
  next_step next = next_step::arm;
  if (error.condition == receive_condition::interrupted) {
    // The caller may cancel its own operations on the socket, and ours with them. The loop
    // continues.
    return next;
  }
  if (error.detail == nullptr) { // else about an earlier datagram: receiving did not fail
    next = weigh(error);
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

void receive_loop::end_turn(next_step next, bool says_so) {
  window& slots = pool_->window();
  if (next == next_step::arm || next == next_step::back_off || next == next_step::wait_for_room) {
    const std::lock_guard lock(arming_);
    const bool gives_window_up = !needs_window();
    if (winding_down_.load() && next != next_step::wait_for_room) {
      stopped_.store(true);
    }
    if (stopped()) {
      next = next_step::end;
    } else {
      // Once armed, another thread of the executor may run the next turn.
      holds_window_ = !gives_window_up;
      state_.set(loop_state::armed);
      if (arm(next)) {
        if (gives_window_up) {
          slots.release();
        }
        return;
      }
      state_.set(loop_state::running);
      holds_window_ = true;
      next = next_step::wait_for_slot;
    }
  }
  if (next == next_step::wait_for_slot && says_so) {
    note_pause();
  }
  if (next == next_step::wait_for_slot && !stopped()) {
    wait_for_pool(next);
  } else if (next == next_step::hold) {
    hold();
  } else {
    finish();
    on_hold();
  }
}

bool receive_loop::arm(next_step next) {
  auto self = shared_from_this();
  switch (next) {
  case next_step::back_off:
    retry_.expires_after(retry_pause);
    retry_.async_wait([loop = std::move(self)](const std::error_code&) { loop->on_wake(); });
    return true;
  case next_step::wait_for_room:
    socket_.async_wait(asio::socket_base::wait_write,
                       asio::bind_cancellation_slot(
                           stop_waiting_for_room_.slot(),
                           [loop = std::move(self)](const std::error_code&) { loop->on_wake(); }));
    return true;
  default:
    return driver_->arm(self, pool_->window());
  }
}

} // namespace ancillary::detail
