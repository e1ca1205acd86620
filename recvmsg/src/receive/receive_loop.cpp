#include "platform/driver.hpp"
#include "slots/window.hpp"
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
                           std::error_code& error, asio_classes_here)
    : receive_loop(std::make_shared<asio::ip::udp::socket>(std::move(socket)), options, error) {}

receive_loop::receive_loop(std::shared_ptr<asio::ip::udp::socket> socket,
                           const receive_options& options, std::error_code& error,
                           asio_classes_here)
    : shared_socket_(std::move(socket)), socket_(*shared_socket_), retry_(socket_.get_executor()) {
  set_up(options, error);
}

receive_loop::receive_loop(asio::ip::udp::socket socket, std::unique_ptr<driver> source,
                           std::shared_ptr<slot_pool> pool, field_set granted,
                           const receive_options& options)
    : shared_socket_(std::make_shared<asio::ip::udp::socket>(std::move(socket))),
      socket_(*shared_socket_),
      driver_(std::move(source)),
      retry_(socket_.get_executor()) {
  take_pool(std::move(pool), options);
  replies_.leave_by(socket_, options, *pool_);
  expect(granted, driver_->layout());
  watch_coalescing(options, granted);
}

receive_loop::~receive_loop() { let_go(); }

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
    watch_coalescing(options, report_.granted());
  }
}

void receive_loop::start() {
  Expects(driver_ != nullptr);
  Expects(stopped());
  stopped_.store(false);
  begin_if_idle();
  // Else an event of the time before stop() is still to come, and goes on from there.
}

void receive_loop::begin_if_idle() {
  if (leave(loop_state::idle)) {
    begin_turn(false);
  }
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
  end_if_inactive();
}

void receive_loop::end_if_inactive() noexcept {
  // These have nothing pending that would end them.
  for (const loop_state from : {loop_state::waiting, loop_state::suspended, loop_state::held}) {
    if (leave(from)) {
      finish();
      return;
    }
  }
}

bool receive_loop::leave(loop_state from) noexcept {
  if (!state_.compare_exchange_strong(from, loop_state::running)) {
    return false;
  }
  waiting_work_.reset();
  return true;
}

void receive_loop::close() noexcept {
  stop();
  if (pool_) {
    pool_->window().forget(weak_from_this());
  }
  std::error_code ignored;
  socket_.close(ignored);
}

void receive_loop::on_wake() {
  state_.store(loop_state::running, std::memory_order_relaxed);
  count_wakeup();
  begin_turn(true);
}

void receive_loop::resume() {
  if (leave(loop_state::waiting) || leave(loop_state::suspended)) {
    begin_turn(true);
  }
}

void receive_loop::want_no_more() noexcept {
  if (!std::exchange(wanted_, false)) {
    return;
  }
  // What is not awaited any more would keep the executor running.
  {
    const std::lock_guard lock(arming_);
    if (state_.load() == loop_state::armed) {
      driver_->cancel();
      retry_.cancel();
      stop_waiting_for_room_.emit(asio::cancellation_type::all);
    }
  }
  if (leave(loop_state::waiting)) {
    hold();
  }
}

void receive_loop::go_on() {
  Expects(driver_ != nullptr);
  wanted_ = true;
  stopped_.store(false);
  if (has_batch()) {
    let_go_of_batch();
  }
  if (leave(loop_state::idle) || leave(loop_state::held)) {
    begin_turn(!back_off_first_);
  }
  // Else an event of an earlier time is still to come, and goes on from there.
}

void receive_loop::hold() {
  if (!has_batch()) {
    release_window();
  }
  state_.store(loop_state::held);
  if (stopped_.load()) {
    end_if_inactive(); // stop() came too early to see that we are held
  }
  on_hold();
}

void receive_loop::wait_for_pool(next_step what) {
  window& slots = pool_->window();
  const bool held = std::exchange(holds_window_, false);
  waiting_work_.emplace(executor());
  state_.store(loop_state::waiting);
  // From here on another thread may resume.
  if (what == next_step::wait_for_window) {
    slots.wait_for_window(shared_from_this());
  } else {
    slots.wait_for_slot(shared_from_this());
  }
  if (held) {
    slots.release();
  }
  if (stopped_.load()) {
    end_if_inactive(); // stop() came too early to see that we wait
  }
}

void receive_loop::begin_turn(bool receive) {
  if (stopped()) {
    finish();
    return;
  }
  if (!wanted_) {
    hold();
    return;
  }
  if (!acquire_window()) {
    wait_for_pool(next_step::wait_for_window);
    return;
  }
  next_step next = std::exchange(back_off_first_, false) ? next_step::back_off : next_step::arm;
  if (receive) {
    try {
      next = receive_batches();
    } catch (...) {
      // The caller of run() gets the exception; the rest of the batch follows in the next run.
      state_.store(loop_state::suspended);
      resume_soon();
      throw;
    }
  }
  end_turn(next, receive);
  if (!receive && state_.load() == loop_state::waiting) {
    resume_soon(); // what there is to say of it is said on the executor
  }
}

void receive_loop::resume_soon() {
  asio::post(executor(), [self = shared_from_this()] { self->resume(); });
}

receive_loop::next_step receive_loop::receive_batches() {
  replies_wait_ = !replies_.flush();
  if (replies_wait_) [[unlikely]] {
    return next_step::wait_for_room;
  }
  next_step next = hand_over_and_report(); // what an earlier turn left behind
  for (std::size_t budget = budget_batches_; budget != 0 && next == next_step::arm && !stopped();
       --budget) {
    if (!refill_window()) {
      return next_step::wait_for_slot;
    }
    const receive_result result = receive_batch(*driver_);
    pending_error_ = result.error;
    next = hand_over_and_report();
    if (result.exhausted) {
      break;
    }
  }
  return next;
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
    next = handle(std::exchange(pending_error_, {}));
  }
  if (next == next_step::arm && replies_wait_) [[unlikely]] {
    next = next_step::wait_for_room;
  }
  return next;
}

receive_loop::next_step receive_loop::handle(receive_error error) {
  count_error(error.condition);
  if (stopped()) {
    return next_step::end;
  }
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

void receive_loop::end_turn(next_step next, bool says_so) {
  window& slots = pool_->window();
  if (next == next_step::arm || next == next_step::back_off || next == next_step::wait_for_room) {
    const std::lock_guard lock(arming_);
    const bool gives_window_up = !has_batch();
    if (stopped()) {
      next = next_step::end;
    } else {
      // From the moment that it is armed, another thread of the executor may run the next turn.
      holds_window_ = !gives_window_up;
      state_.store(loop_state::armed);
      if (arm(next)) {
        if (gives_window_up) {
          slots.release();
        }
        return;
      }
      state_.store(loop_state::running);
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
    retry_.async_wait([self = std::move(self)](const std::error_code&) { self->on_wake(); });
    return true;
  case next_step::wait_for_room:
    socket_.async_wait(asio::socket_base::wait_write,
                       asio::bind_cancellation_slot(
                           stop_waiting_for_room_.slot(),
                           [self = std::move(self)](const std::error_code&) { self->on_wake(); }));
    return true;
  default:
    return driver_->arm(self, pool_->window());
  }
}

void receive_loop::finish() noexcept {
  let_go();
  state_.store(loop_state::idle);
  if (!stopped_.load()) {
    begin_if_idle(); // start() came too early to see that we are idle
  }
}

void receive_loop::let_go() noexcept {
  if (!driver_) {
    return;
  }
  replies_.finish();
  failures_in_a_row_ = 0;
  if (pending_error_.condition != receive_condition::none) {
    count_error(std::exchange(pending_error_, {}).condition);
  }
  if (has_batch()) {
    let_go_of_batch();
  }
  const abandoned_slot last = driver_->abandon();
  if (last.filled) {
    discard(*last.held);
  }
  if (last.held != nullptr) {
    pool_->window().give_back(last.held);
  }
  release_window();
}

} // namespace ancillary::detail
