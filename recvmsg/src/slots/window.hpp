// The slots that the next receive call fills, in order.
#pragma once

#include <ancillary/recvmsg/detail/slot.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace ancillary::detail {

class receive_loop;
class replies;

// What a platform keeps ready for its receive call, one entry for each slot of a window. Defined by
// each platform.
struct native_batch;
struct native_batch_deleter {
  void operator()(native_batch* batch) const noexcept;
};
using native_batch_ptr = std::unique_ptr<native_batch, native_batch_deleter>;
[[nodiscard]] native_batch_ptr make_native_batch(std::size_t capacity);

// Loops that wait for something which another thread may bring about. The one who brings it makes
// it visible (sequentially consistent) and then calls notify_all(); the one who waits adds itself
// and then looks once more: so one of the two sees the other.
class waiting_list {
public:
  void add(const std::shared_ptr<receive_loop>& loop);

  // After it returns no other thread is about to use the executor of the loop.
  void remove(const std::weak_ptr<receive_loop>& loop) noexcept;

  // Has resume() called on the executor of each that waits.
  void notify_all() noexcept {
    if (any_.load(std::memory_order_seq_cst)) [[unlikely]] {
      notify_those_waiting();
    }
  }

private:
  void notify_those_waiting() noexcept;

  std::atomic<bool> any_{false};
  std::mutex mutex_;
  std::vector<std::weak_ptr<receive_loop>> loops_;
};

// One window for each pool. A loop acquires it for a turn, or until the batch whose handler threw
// has been handed over; all functions from `size` to `recycle` are for the loop that holds it.
// Slots that it does not hold lie on a free list, to which any thread can return them.
class window {
public:
  window(std::span<slot> slots, std::size_t capacity, std::size_t control_capacity,
         std::size_t payload_capacity);

  [[nodiscard]] bool try_acquire() noexcept {
    return !held_.exchange(true, std::memory_order_acquire);
  }
  void release() noexcept;

  // Where replies to the packets of this window go; set by whoever holds it.
  void set_holder(replies* holder) noexcept { holder_ = holder; }
  [[nodiscard]] replies* holder() const noexcept { return holder_; }

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

  // Any thread: the last holder let go.
  void give_back(slot* free) noexcept;

  // Loop's thread: a packet of a slot in the window was retained.
  void note_retained() noexcept { retained_ = true; }

  // Have `resume()` called on the loop's executor once the window is free, or once there may be a
  // slot; it may be called needlessly. Who waits for a slot must still hold the window, so that no
  // slot can come back and be taken into it unseen.
  void wait_for_window(const std::shared_ptr<receive_loop>& loop);
  void wait_for_slot(const std::shared_ptr<receive_loop>& loop);
  // No more of that. Any thread.
  void forget(const std::weak_ptr<receive_loop>& loop) noexcept;

private:
  void take_returned() noexcept;

  std::vector<slot*> slots_; // capacity entries, the first size_ of them filled
  std::size_t size_ = 0;
  std::size_t changed_end_ = 0;
  const std::size_t control_capacity_;
  const std::size_t payload_capacity_;
  bool retained_ = false;
  replies* holder_ = nullptr;
  slot* free_ = nullptr;
  native_batch_ptr native_;

  std::atomic<bool> held_{false};
  std::atomic<slot*> returned_{nullptr};
  waiting_list wait_for_window_;
  waiting_list wait_for_slot_;
};

} // namespace ancillary::detail
