#include "slots/window.hpp"

#include <ancillary/recvmsg/detail/receive_loop.hpp>

#include <asio/post.hpp>
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
  holder_ = nullptr; // who replies after its handler has returned is told so
  held_.store(false, std::memory_order_seq_cst);
  wait_for_window_.notify_all();
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
  // From the back, so that the slot which fills a gap is one that has been looked at.
  for (std::size_t i = count; i-- > 0;) {
    std::atomic<std::uint32_t>& holders = slots_[i]->holders;
    // The window's own hold ends; when it was the last one, the slot can stay.
    if (holders.load(std::memory_order_relaxed) == 0 ||
        holders.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      continue;
    }
    slots_[i] = slots_[--size_];
  }
  refill();
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
  // The whole list at once: nobody pops a single entry, so none can come back under us (no ABA).
  free_ = returned_.exchange(nullptr, std::memory_order_acquire);
}

void window::wait_for_window(const std::shared_ptr<receive_loop>& loop) {
  wait_for_window_.add(loop);
  if (!held_.load(std::memory_order_seq_cst)) {
    wait_for_window_.notify_all();
  }
}

void window::wait_for_slot(const std::shared_ptr<receive_loop>& loop) {
  wait_for_slot_.add(loop);
  if (returned_.load(std::memory_order_seq_cst) != nullptr) {
    wait_for_slot_.notify_all();
  }
}

void window::forget(const std::weak_ptr<receive_loop>& loop) noexcept {
  wait_for_window_.remove(loop);
  wait_for_slot_.remove(loop);
}

void waiting_list::add(const std::shared_ptr<receive_loop>& loop) {
  const std::lock_guard lock(mutex_);
  loops_.push_back(loop);
  any_.store(true, std::memory_order_seq_cst);
}

void waiting_list::remove(const std::weak_ptr<receive_loop>& loop) noexcept {
  const std::lock_guard lock(mutex_);
  std::erase_if(loops_, [&](const std::weak_ptr<receive_loop>& each) {
    return !each.owner_before(loop) && !loop.owner_before(each);
  });
}

void waiting_list::notify_those_waiting() noexcept {
  // Posted under the lock: a retained packet may be let go of on any thread, and a receiver that is
  // being destroyed there must be able to wait until we are done with its executor.
  const std::lock_guard lock(mutex_);
  any_.store(false, std::memory_order_seq_cst);
  for (const auto& weak : loops_) {
    if (auto loop = weak.lock()) {
      const auto executor = loop->executor();
      asio::post(executor, [loop = std::move(loop)] { loop->resume(); });
    }
  }
  loops_.clear();
}

} // namespace ancillary::detail
