#include "platform/driver.hpp"
#include "slots/window.hpp"
#include <ancillary/recvmsg/detail/receive_loop.hpp>

#include <asio/error.hpp>
#include <asio/post.hpp>
#include <gsl/assert>
#include <thread>
#include <utility>

namespace ancillary::detail {

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
  replies_.leave_by(socket_, reply_options_of(options));
  expect(granted, driver_->layout(), options);
}

receive_loop::~receive_loop() { let_go(); }

void receive_loop::set_up(const receive_options& options, std::error_code& error) {
  report_ = request_all(socket_.native_handle(), options, error);
  if (error) {
    return;
  }
  use_pool(options);
  replies_.leave_by(socket_, reply_options_of(options));
  driver_ = make_driver(socket_, granted_options(options, report_), error);
  if (!error) {
    expect(report_.granted(), driver_->layout(), options);
  }
}

std::unique_ptr<driver> receive_loop::exchange_driver(std::unique_ptr<driver> other) noexcept {
  return std::exchange(driver_, std::move(other));
}

void receive_loop::start() {
  Expects(driver_ != nullptr);
  Expects(stopped());
  winding_down_.store(false);
  took_last_batch_ = false;
  stopped_.store(false);
  begin_if_idle();
  // Otherwise an event from before stop() is still pending and continues from there.
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
    cancel_pending();
  }
  end_if_inactive();
}

// The turn that this triggers, or the one in progress, receives at most once more: on Windows a
// datagram may be in the pending receive.
void receive_loop::wind_down() noexcept {
  winding_down_.store(true);
  if (stopped()) {
    return;
  }
  {
    const std::lock_guard lock(arming_);
    cancel_pending();
  }
  // Else a turn is running or will: end_turn() sees it.
  if (leave(loop_state::waiting)) {
    stopped_.store(true);
    finish();
  }
}

void receive_loop::wind_up() {
  winding_down_.store(false);
  took_last_batch_ = false;
  if (stopped() && is_idle()) {
    start();
  }
}

void receive_loop::end_foreign_coalescing() noexcept {
  if (!report_.granted().contains(field::segment_bytes)) {
    static_cast<void>(driver_->stop_coalescing()); // refused where there is none
  }
}

void receive_loop::cancel_pending() noexcept {
  driver_->cancel();
  retry_.cancel();
  stop_waiting_for_room_.emit(asio::cancellation_type::all);
}

void receive_loop::end_if_inactive() noexcept {
  // These states have no pending event that would end them.
  for (const loop_state from : {loop_state::waiting, loop_state::suspended, loop_state::held}) {
    if (leave(from)) {
      finish();
      return;
    }
  }
}

bool receive_loop::leave(loop_state from) noexcept {
  if (!state_.leave(from)) {
    return false;
  }
  if (from == loop_state::waiting) {
    waiting_work_.reset();
    if (waits_for_window_since_) {
      const std::lock_guard lock(arming_);
      retry_.cancel();
    }
  }
  return true;
}

void receive_loop::close() noexcept {
  if (state_.load() == loop_state::running) {
#if !defined(NDEBUG)
    // Another thread is in a turn and uses the socket: the executor needs a strand (receiver.hpp).
    Expects(turn_thread_.load(std::memory_order_relaxed) == std::this_thread::get_id());
#endif
    // Inside a handler: sends its replies while the socket is still open.
    replies_.finish();
  }
  stop();
  if (pool_) {
    pool_->window().forget(this);
  }
  std::error_code ignored;
  socket_.close(ignored);
}

void receive_loop::resume() {
  if (leave(loop_state::waiting) || leave(loop_state::suspended)) {
    begin_turn(true);
  }
}

void receive_loop::resume_soon() {
  asio::post(executor(), [self = shared_from_this()] { self->resume(); });
}

void receive_loop::want_no_more() noexcept {
  if (!std::exchange(wanted_, false)) {
    return;
  }
  // Waits that are no longer needed would keep the executor running.
  {
    const std::lock_guard lock(arming_);
    if (state_.load() == loop_state::armed) {
      cancel_pending();
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
  // Otherwise an earlier event is still pending and continues from there.
}

void receive_loop::hold() {
  if (!has_batch()) {
    release_window();
  }
  state_.set(loop_state::held);
  if (stopped_.load()) {
    end_if_inactive(); // stop() ran before the state was `held`
  }
  on_hold();
}

void receive_loop::wait_for_pool(next_step what) {
  window& slots = pool_->window();
  const bool held = std::exchange(holds_window_, false);
  waiting_work_.emplace(executor());
  if (what == next_step::wait_for_window) {
    waits_for_window_since_ = std::chrono::steady_clock::now();
    watch_patience();
  }
  state_.set(loop_state::waiting);
  // From here on, another thread may resume the loop.
  if (what == next_step::wait_for_window) {
    slots.turns().wait(shared_from_this());
  } else {
    slots.wait_for_slot(shared_from_this());
  }
  if (held) {
    slots.release();
  }
  if (stopped_.load() || winding_down_.load()) {
    stopped_.store(true);
    end_if_inactive(); // stop() ran before the state was `waiting`
  }
}

// The next loop in the queue may have an executor that is not running.
void receive_loop::watch_patience() {
  const std::lock_guard lock(arming_);
  retry_.expires_after(pool_->window().turns().patience());
  retry_.async_wait([self = shared_from_this()](const std::error_code& error) {
    if (!error) {
      self->note_patience();
    }
  });
}

void receive_loop::note_patience() {
  if (state_.load() == loop_state::waiting) {
    pool_->window().turns().pass_over_late();
    watch_patience();
  }
}

void receive_loop::finish() noexcept {
  let_go();
  state_.set(loop_state::idle);
  if (!stopped_.load()) {
    begin_if_idle(); // start() ran before the state was `idle`
  }
}

void receive_loop::let_go() noexcept {
  if (!driver_) {
    return;
  }
  replies_.finish();
  failures_in_a_row_ = 0;
  if (pending_error_.condition != receive_condition::none) {
    account_.count_error(std::exchange(pending_error_, {}).condition);
  }
  if (has_batch()) {
    let_go_of_batch();
  }
  const abandoned_slot last = driver_->abandon();
  if (last.filled) {
    discard(*last.held);
  }
  if (last.error != receive_condition::none) {
    account_.count_error(last.error);
  }
  if (last.held != nullptr) {
    pool_->window().give_back(last.held);
  }
  release_window();
  pool_->window().forget(this); // passes a granted turn on to the next loop
  waits_for_window_since_.reset();
}

} // namespace ancillary::detail
