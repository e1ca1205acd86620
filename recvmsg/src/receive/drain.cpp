#include "platform/driver.hpp"
#include "slots/window.hpp"
#include <ancillary/recvmsg/detail/drain_core.hpp>

#include <gsl/assert>
#include <gsl/util>
#include <utility>

namespace ancillary::detail {

drain_core::drain_core(native_handle_type socket, const receive_options& options,
                       std::error_code& error)
    : socket_(socket) {
  report_ = request_all(socket, options, error);
  if (error) {
    return;
  }
  use_pool(options);
  replies_.leave_by(socket, reply_options_of(options));
  source_ = make_source(socket, granted_options(options, report_), error);
  if (!error) {
    expect(report_.granted(), source_->layout(), options);
  }
}

drain_core::~drain_core() {
  if (has_batch()) {
    let_go_of_batch();
  }
  replies_.finish();
  if (pool_) {
    release_window();
  }
}

drain_result drain_core::receive(deliver_function function, void* handler) {
  Expects(source_ != nullptr);
  account_.count_wakeup();
  if (!acquire_window(this)) {
    // A receiver with the same pool has its turn on another thread. Skips it if it does not run.
    pool_->window().turns().pass_over_late();
    return {.paused = true};
  }
  function_ = function;
  handler_ = handler;
  stopped_.store(false);
  note_turn_begins();
  const auto at_end = gsl::finally([this]() noexcept {
    note_turn_ends();
    keep_rest(); // the rest after an exception or a stop must not delay others
    if (!needs_window()) {
      release_window();
    }
  });
  return receive_batches();
}

bool drain_core::take_pending_error(drain_result& result) noexcept {
  if (pending_error_.condition == receive_condition::none) [[likely]] {
    return false;
  }
  result.error = std::exchange(pending_error_, {});
  result.error.fatal = result.error.condition == receive_condition::socket_closed;
  return true;
}

drain_result drain_core::receive_batches() {
  drain_result result;
  replies_wait_ = !replies_.flush();
  if (has_batch() && !replies_wait_) {
    hand_over(false); // the rest of an earlier call
  }
  if (take_pending_error(result)) [[unlikely]] { // of an earlier call that an exception ended
    result.wants_room = replies_wait_;
    return result;
  }
  for (std::size_t budget = budget_batches_; budget != 0 && !stopped() && !replies_wait_;
       --budget) {
    if (!refill_window()) {
      result.paused = true;
      break;
    }
    if (stopped()) {
      break; // stopped by the pause handler
    }
    const std::uint64_t before = account_.datagrams();
    const receive_result now = receive_batch(*source_);
    result.datagrams += static_cast<std::size_t>(account_.datagrams() - before);
    if (now.error.condition != receive_condition::none) [[unlikely]] {
      account_.count_error(now.error.condition);
      if (now.error.condition != receive_condition::interrupted) {
        pending_error_ = now.error;
      }
    }
    if (has_batch()) {
      hand_over(false);
    }
    if (take_pending_error(result)) [[unlikely]] {
      break;
    }
    if (now.exhausted) {
      result.exhausted = !has_batch();
      break;
    }
  }
  result.wants_room = replies_wait_;
  return result;
}

} // namespace ancillary::detail
