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

// What a platform keeps ready for its receive call, one entry for each slot of a window. Defined by
// each platform.
struct native_batch;
struct native_batch_deleter {
  void operator()(native_batch* batch) const noexcept;
};
using native_batch_ptr = std::unique_ptr<native_batch, native_batch_deleter>;
[[nodiscard]] native_batch_ptr make_native_batch(std::size_t capacity);

// One window for each pool. A loop acquires it for a turn; all functions from `size` to `keep_out`
// are for the loop that holds it. Slots that it does not hold lie on a free list, to which any
// thread can return them.
class window {
public:
  window(std::span<slot> slots, std::size_t capacity, std::size_t control_capacity,
         std::size_t payload_capacity);

  // Whose turn it is. `who` also receives the replies to the window's packets.
  [[nodiscard]] bool try_acquire(const void* who, reply_sink* replies = nullptr) noexcept {
    if (!turns_.try_acquire(who)) {
      return false;
    }
    replies_ = replies;
    return true;
  }
  void release() noexcept;
  [[nodiscard]] turn_queue& turns() noexcept { return turns_; }

  // Null after the turn: who replies after its handler has returned is told so.
  [[nodiscard]] reply_sink* replies() const noexcept { return replies_; }

  // Fills up from the free list. False when there is not a single slot.
  bool refill() noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t control_capacity() const noexcept { return control_capacity_; }
  [[nodiscard]] std::size_t payload_capacity() const noexcept { return payload_capacity_; }
  [[nodiscard]] slot* const* data() const noexcept { return slots_.data(); }
  [[nodiscard]] slot& operator[](std::size_t i) noexcept { return *slots_[i]; }

  // Puts `replacement` where `i` was; returns what was there.
  slot* exchange(std::size_t i, slot* replacement) noexcept;

  // A free slot for a pending receive, taken from the free list or else from the window; or
  // nullptr.
  [[nodiscard]] slot* take_free() noexcept;

  // Of the entries [0, end) some hold another slot than when this was asked last. Reading it takes
  // the news.
  [[nodiscard]] std::size_t take_changed_end() noexcept { return std::exchange(changed_end_, 0); }
  [[nodiscard]] native_batch& native() noexcept { return *native_; }

  // The first `count` slots were handed over. Those that were retained leave; others take their
  // place.
  void recycle(std::size_t count) noexcept;

  // Loop's thread: a packet of a slot in the window was retained.
  void note_retained() noexcept { retained_ = true; }

  // Holds a slot of the window as a retained packet does; `let_go` ends that, on any thread.
  void hold(slot& held) noexcept;
  void let_go(slot& held) noexcept;

  // Any thread: the last holder let go.
  void give_back(slot* free) noexcept;

  // Has `resume()` called on the loop's executor once there may be a slot; it may be called
  // needlessly. Who waits must still hold the window, so that no slot can come back and be taken
  // into it unseen.
  void wait_for_slot(const std::shared_ptr<wakeable>& loop);

  // It waits for nothing any more. Any thread.
  void forget(const wakeable* loop) noexcept;

private:
  void take_returned() noexcept;

  std::vector<slot*> slots_; // capacity entries, the first size_ of them filled
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
