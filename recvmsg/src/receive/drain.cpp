#include "platform/driver.hpp"
#include "slots/window.hpp"
#include <ancillary/recvmsg/detail/drain_core.hpp>

#include <gsl/assert>
#include <gsl/util>

namespace ancillary::detail {

drain_core::drain_core(native_handle_type socket, const receive_options& options,
                       std::error_code& error) {
  report_ = request_metadata(socket, coalescing_limited(options), error);
  if (error) {
    return;
  }
  use_pool(options);
  replies_.leave_by(socket, options, *pool_);
  source_ = make_source(socket, options, error);
  if (!error) {
    expect(report_.granted(), source_->layout());
    watch_coalescing(options, report_.granted());
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
  count_wakeup();
  if (!acquire_window()) {
    // A drain that shares the pool still has a batch in hand.
    return {.paused = true};
  }
  function_ = function;
  handler_ = handler;
  stopped_.store(false);
  const auto at_end = gsl::finally([this]() noexcept {
    if (!has_batch()) {
      release_window();
    }
  });
  return receive_batches();
}

drain_result drain_core::receive_batches() {
  drain_result result;
  replies_wait_ = !replies_.flush();
  if (has_batch() && !replies_wait_) {
    hand_over(false); // what an exception or a stop left behind
  }
  for (std::size_t budget = budget_batches_; budget != 0 && !stopped() && !replies_wait_;
       --budget) {
    if (!refill_window()) {
      result.paused = true;
      break;
    }
    const std::uint64_t before = datagrams();
    const receive_result now = receive_batch(*source_);
    result.datagrams += static_cast<std::size_t>(datagrams() - before);
    if (now.error.condition != receive_condition::none) [[unlikely]] {
      count_error(now.error.condition);
    }
    if (has_batch()) {
      hand_over(false);
    }
    if (now.error.condition != receive_condition::none &&
        now.error.condition != receive_condition::interrupted) [[unlikely]] {
      result.error = now.error;
      result.error.fatal = now.error.condition == receive_condition::socket_closed;
      break;
    }
    if (now.exhausted) {
      result.exhausted = true;
      break;
    }
  }
  result.wants_room = replies_wait_;
  return result;
}

} // namespace ancillary::detail
