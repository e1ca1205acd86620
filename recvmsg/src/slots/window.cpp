#include "slots/window.hpp"

#include <utility>

namespace ancillary::detail {

window::window(std::span<slot> slots, std::size_t capacity, std::size_t control_capacity,
               std::size_t payload_capacity)
    : slots_(capacity, nullptr),
      control_capacity_(control_capacity),
      payload_capacity_(payload_capacity),
      native_(make_native_batch(capacity)) {
  for (slot& each : slots) {
    each.next_free = std::exchange(free_, &each);
  }
  refill();
}

void window::release() noexcept {
  const bool has_slots = size_ != 0 || free_ != nullptr;
  replies_ = nullptr;
  turns_.release();
  if (has_slots) {
    wait_for_slot_.notify_all();
  }
}

bool window::refill() noexcept {
  if (size_ == slots_.size()) [[likely]] {
    return true;
  }
  if (free_ == nullptr) {
    take_returned();
  }
  while (size_ < slots_.size() && free_ != nullptr) {
    slots_[size_++] = std::exchange(free_, free_->next_free);
    changed_end_ = size_;
    if (free_ == nullptr) {
      take_returned();
    }
  }
  return size_ != 0;
}

slot* window::exchange(std::size_t i, slot* replacement) noexcept {
  if (changed_end_ <= i) {
    changed_end_ = i + 1;
  }
  return std::exchange(slots_[i], replacement);
}

slot* window::take_free() noexcept {
  if (free_ == nullptr) {
    take_returned();
  }
  if (free_ != nullptr) {
    return std::exchange(free_, free_->next_free);
  }
  return size_ != 0 ? slots_[--size_] : nullptr;
}

void window::recycle(std::size_t count) noexcept {
  if (!std::exchange(retained_, false)) [[likely]] {
    return;
  }
  if (changed_end_ < count) {
    changed_end_ = count;
  }
  // From the back, so that the slot that fills a gap has already been examined.
  for (std::size_t i = count; i-- > 0;) {
    std::atomic<std::uint32_t>& holders = slots_[i]->holders;
    // Ends the window's own hold; if it was the last one, the slot can stay.
    if (holders.load(std::memory_order_relaxed) == 0 ||
        holders.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      continue;
    }
    slots_[i] = slots_[--size_];
  }
  refill();
}

void window::hold(slot& held) noexcept {
  // The first hold of a slot in the window also counts one for the window, which recycle() ends. A
  // slot without holds has no other holder.
  if (held.holders.load(std::memory_order_relaxed) == 0) {
    held.holders.store(2, std::memory_order_relaxed);
    note_retained();
  } else {
    held.holders.fetch_add(1, std::memory_order_relaxed);
  }
}

void window::let_go(slot& held) noexcept {
  if (held.holders.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    give_back(&held);
  }
}

void window::give_back(slot* free) noexcept {
  slot* head = returned_.load(std::memory_order_relaxed);
  do {
    free->next_free = head;
  } while (!returned_.compare_exchange_weak(head, free, std::memory_order_seq_cst,
                                            std::memory_order_relaxed));
  wait_for_slot_.notify_all();
}

void window::take_returned() noexcept {
  // Takes the whole list at once: nobody pops a single entry, so there is no ABA problem.
  free_ = returned_.exchange(nullptr, std::memory_order_acquire);
}

void window::wait_for_slot(const std::shared_ptr<wakeable>& loop) {
  wait_for_slot_.add(loop);
  if (returned_.load(std::memory_order_seq_cst) != nullptr) {
    wait_for_slot_.notify_all();
  }
}

void window::forget(const wakeable* loop) noexcept {
  turns_.leave(loop);
  wait_for_slot_.remove(loop);
}

} // namespace ancillary::detail
