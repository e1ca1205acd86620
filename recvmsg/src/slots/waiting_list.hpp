// Loops that wait for a slot.
#pragma once

#include <ancillary/recvmsg/detail/wakeable.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace ancillary::detail {

// Another thread may provide what the loops wait for. It publishes that (sequentially consistent)
// and then calls notify_all(); a waiter adds itself and then checks once more, so one of the two
// sees the other.
class waiting_list {
public:
  void add(const std::shared_ptr<wakeable>& loop);

  // After it returns, no other thread will use the executor of the loop.
  void remove(const wakeable* loop) noexcept;

  // Calls resume() on the executor of each waiter.
  void notify_all() noexcept {
    if (any_.load(std::memory_order_seq_cst)) [[unlikely]] {
      notify_those_waiting();
    }
  }

private:
  void notify_those_waiting() noexcept;

  struct entry {
    const wakeable* name;
    std::weak_ptr<wakeable> loop;
  };

  std::atomic<bool> any_{false};
  std::mutex mutex_;
  std::vector<entry> loops_;
};

} // namespace ancillary::detail
