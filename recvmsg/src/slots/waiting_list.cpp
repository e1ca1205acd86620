#include "slots/waiting_list.hpp"

#include <asio/post.hpp>
#include <utility>

namespace ancillary::detail {

void waiting_list::add(const std::shared_ptr<wakeable>& loop) {
  const std::lock_guard lock(mutex_);
  loops_.push_back({loop.get(), loop});
  any_.store(true, std::memory_order_seq_cst);
}

void waiting_list::remove(const wakeable* loop) noexcept {
  const std::lock_guard lock(mutex_);
  std::erase_if(loops_, [&](const entry& each) { return each.name == loop; });
}

void waiting_list::notify_those_waiting() noexcept {
  // Posts under the lock: a retained packet may be released on any thread, and the destructor of a
  // receiver must be able to wait until its executor is no longer used here.
  const std::lock_guard lock(mutex_);
  any_.store(false, std::memory_order_seq_cst);
  for (const entry& each : loops_) {
    if (auto loop = each.loop.lock()) {
      const auto executor = loop->executor();
      asio::post(executor, [woken = std::move(loop)] { woken->resume(); });
    }
  }
  loops_.clear();
}

} // namespace ancillary::detail
