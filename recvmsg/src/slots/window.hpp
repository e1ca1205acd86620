// The slots that the next receive call fills, in order.
#pragma once

#include "slots/turn_queue.hpp"
#include "slots/waiting_list.hpp"
#include <ancillary/recvmsg/detail/reply_sink.hpp>
#include <ancillary/recvmsg/detail/slot.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace ancillary::detail {

// A platform's data for its receive call, one entry for each slot of a window. Defined by each
// platform.
struct native_batch;
struct native_batch_deleter {
  void operator()(native_batch* batch) const noexcept;
};
using native_batch_ptr = std::unique_ptr<native_batch, native_batch_deleter>;
[[nodiscard]] native_batch_ptr make_native_batch(std::size_t capacity);

// One window for each pool. A loop acquires it for a turn; the functions from `size` to `keep_out`
// are for the loop that holds it. Other free slots are on a free list, to which any thread can
// return them.
class window {
public:
  window(std::span<slot> slots, std::size_t capacity, std::size_t control_capacity,
         std::size_t payload_capacity);

  // Tries to take the turn. `replies` receives the replies to the window's packets.
  [[nodiscard]] bool try_acquire(const void* who, reply_sink* replies = nullptr) noexcept {
    if (!turns_.try_acquire(who)) {
      return false;
    }
    replies_ = replies;
    return true;
  }
  void release() noexcept;
  [[nodiscard]] turn_queue& turns() noexcept { return turns_; }

  // Null after the turn, so that a late reply is detected.
  [[nodiscard]] reply_sink* replies() const noexcept { return replies_; }

  // Fills up from the free list. Returns false if the window remains empty.
  bool refill() noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t control_capacity() const noexcept { return control_capacity_; }
  [[nodiscard]] std::size_t payload_capacity() const noexcept { return payload_capacity_; }
  [[nodiscard]] slot* const* data() const noexcept { return slots_.data(); }
  [[nodiscard]] slot& operator[](std::size_t i) noexcept { return *slots_[i]; }

  // Puts `replacement` at `i` and returns the previous slot.
  slot* exchange(std::size_t i, slot* replacement) noexcept;

  // A free slot for a pending receive, from the free list or else from the window; or nullptr.
  [[nodiscard]] slot* take_free() noexcept;

  // Some of the entries [0, end) hold another slot than at the last call. Reading resets it.
  [[nodiscard]] std::size_t take_changed_end() noexcept { return std::exchange(changed_end_, 0); }
  [[nodiscard]] native_batch& native() noexcept { return *native_; }

  // The first `count` slots were delivered. Retained slots leave the window and others take their
  // place.
  void recycle(std::size_t count) noexcept;

  // On the loop's thread: a packet of a slot in the window was retained.
  void note_retained() noexcept { retained_ = true; }

  // Holds a slot of the window like a retained packet; `let_go` ends that, on any thread.
  void hold(slot& held) noexcept;
  void let_go(slot& held) noexcept;

  // On any thread: the last holder released the slot.
  void give_back(slot* free) noexcept;

  // Calls `resume()` on the loop's executor once a slot may be free; spurious calls are possible.
  // The waiter must still hold the window, so that no slot can be returned and reused unnoticed.
  void wait_for_slot(const std::shared_ptr<wakeable>& loop);

  // Cancels every wait of this loop. Safe from any thread.
  void forget(const wakeable* loop) noexcept;

private:
  void take_returned() noexcept;

  std::vector<slot*> slots_; // capacity entries, of which the first size_ are used
  std::size_t size_ = 0;
  std::size_t changed_end_ = 0;
  const std::size_t control_capacity_;
  const std::size_t payload_capacity_;
  bool retained_ = false;
  reply_sink* replies_ = nullptr;
  slot* free_ = nullptr;
  native_batch_ptr native_;

  turn_queue turns_;
  std::atomic<slot*> returned_{nullptr};
  waiting_list wait_for_slot_;
};

} // namespace ancillary::detail
