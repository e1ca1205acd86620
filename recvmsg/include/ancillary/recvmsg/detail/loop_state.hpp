// The states of a receive loop.
#pragma once

#include <atomic>
#include <cstdint>

namespace ancillary::detail {

// Who makes the next call. The thread that changes the state to `running` has exclusive access to
// the rest of the loop until it sets another state, which is its last access.
//
//                start, go_on
//        idle -----------------+         +----------------> idle        stopped, nothing pending
//                on_wake       |         |   arm
//        armed ----------------+         +----------------> armed       event, back-off, room
//                resume, stop  |         |   no window, no slot
//        waiting --------------+-> running ---------------> waiting     the pool
//                resume, stop  |         |   a handler threw
//        suspended ------------+         +----------------> suspended   our own posted resume()
//                go_on, stop   |         |   no request
//        held -----------------+         +----------------> held        go_on()
//
// tests/recvmsg/receive/loop_model.cpp checks random sequences of transitions.
enum class loop_state : std::uint8_t {
  idle,      // nobody: not started, or stopped
  armed,     // the driver, the timer after a failure, or room for replies
  waiting,   // the pool: its window or a slot
  suspended, // the loop itself, to deliver the rest after a handler threw
  held,      // the caller of go_on(); a current batch keeps the window
  running,   // nobody: a turn is running
};

class loop_state_cell {
public:
  [[nodiscard]] loop_state load() const noexcept { return state_.load(); }

  // Leaves the running state.
  void set(loop_state to) noexcept { state_.store(to); }

  // Enters the running state. Of several threads that try, one succeeds.
  [[nodiscard]] bool leave(loop_state from) noexcept {
    return state_.compare_exchange_strong(from, loop_state::running);
  }

  // Enters the running state for the one event that was armed.
  void wake() noexcept { state_.store(loop_state::running, std::memory_order_relaxed); }

private:
  std::atomic<loop_state> state_{loop_state::idle};
};

} // namespace ancillary::detail
