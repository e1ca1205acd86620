// The states of a receive loop.
#pragma once

#include <atomic>
#include <cstdint>

namespace ancillary::detail {

// Who calls next. Whoever brings the state to `running` is the only one to touch the rest of the
// loop until it sets another state, which is the last that it does.
//
//                start, go_on
//        idle -----------------+         +----------------> idle        stopped, nothing pending
//                on_wake       |         |   arm
//        armed ----------------+         +----------------> armed       event, back-off, room
//                resume, stop  |         |   no window, no slot
//        waiting --------------+-> running ---------------> waiting     the pool
//                resume, stop  |         |   a handler threw
//        suspended ------------+         +----------------> suspended   our own posted resume()
//                go_on, stop   |         |   nobody wants more
//        held -----------------+         +----------------> held        go_on()
//
// tests/recvmsg/receive/loop_model.cpp drives random sequences through it.
enum class loop_state : std::uint8_t {
  idle,      // nobody: not started, or stopped and finished
  armed,     // the driver, the timer after a failure, or room for replies
  waiting,   // the pool: its window or a slot
  suspended, // ourselves, to hand over what is left after a handler threw
  held,      // whoever calls go_on(); a batch in hand keeps the window
  running,   // nobody: a turn is under way
};

class loop_state_cell {
public:
  [[nodiscard]] loop_state load() const noexcept { return state_.load(); }

  // Ends the running state.
  void set(loop_state to) noexcept { state_.store(to); }

  // Begins the running state: of several that try, one succeeds.
  [[nodiscard]] bool leave(loop_state from) noexcept {
    return state_.compare_exchange_strong(from, loop_state::running);
  }

  // Begins it for the one event that was armed for.
  void wake() noexcept { state_.store(loop_state::running, std::memory_order_relaxed); }

private:
  std::atomic<loop_state> state_{loop_state::idle};
};

} // namespace ancillary::detail
