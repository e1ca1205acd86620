#include "slots/turn_queue.hpp"

#include <algorithm>
#include <asio/post.hpp>
#include <utility>

namespace ancillary::detail {

// A waiter joins the queue, publishes that and then reads the owner; a releasing loop publishes the
// release and then reads the queue. All of these are sequentially consistent, so one of the two
// sees the other.

void turn_queue::release() noexcept {
  if (any_waits_.load(std::memory_order_seq_cst)) [[unlikely]] {
    const std::lock_guard lock(mutex_);
    grant_next();
    return;
  }
  owner_.store(nobody, std::memory_order_seq_cst);
  if (any_waits_.load(std::memory_order_seq_cst)) [[unlikely]] {
    grant_if_free();
  }
}

void turn_queue::wait(const std::shared_ptr<wakeable>& loop) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({loop.get(), loop});
    any_waits_.store(true, std::memory_order_seq_cst);
  }
  grant_if_free();
}

void turn_queue::leave(const wakeable* loop) noexcept {
  const std::lock_guard lock(mutex_);
  std::erase_if(queue_, [&](const entry& each) { return each.name == loop; });
  any_waits_.store(!queue_.empty(), std::memory_order_seq_cst);
  std::uintptr_t expected = reserved_for(loop);
  if (owner_.compare_exchange_strong(expected, name_of(loop))) {
    grant_next();
  }
}

void turn_queue::pass_over_late() noexcept {
  const std::lock_guard lock(mutex_);
  std::uintptr_t late = owner_.load();
  const bool is_reserved = (late & 1) != 0;
  if (is_reserved && clock::now() - reserved_since_ > patience_ &&
      owner_.compare_exchange_strong(late, late & ~std::uintptr_t{1})) {
    grant_next();
  }
}

void turn_queue::grant_if_free() noexcept {
  const std::lock_guard lock(mutex_);
  std::uintptr_t expected = nobody;
  // Held by the queue itself meanwhile, so that nobody takes it before the first in the queue.
  if (!queue_.empty() && owner_.compare_exchange_strong(expected, name_of(this))) {
    grant_next();
  }
}

void turn_queue::grant_next() noexcept {
  while (!queue_.empty()) {
    const entry next = std::move(queue_.front());
    queue_.erase(queue_.begin());
    if (auto loop = next.loop.lock()) {
      any_waits_.store(!queue_.empty(), std::memory_order_seq_cst);
      reserved_since_ = clock::now();
      owner_.store(reserved_for(next.name), std::memory_order_seq_cst);
      // Under the lock: the destructor of a receiver must be able to wait until its executor is no
      // longer used here.
      const auto executor = loop->executor();
      asio::post(executor, [woken = std::move(loop)] { woken->resume(); });
      return;
    }
  }
  any_waits_.store(false, std::memory_order_seq_cst);
  owner_.store(nobody, std::memory_order_seq_cst);
}

} // namespace ancillary::detail
