// Who holds the window of a pool, and who is next.
#pragma once

#include <ancillary/recvmsg/detail/wakeable.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace ancillary::detail {

// First come, first served: a release with others waiting makes the first of them the owner, so the
// releasing loop cannot take the window again before every waiter has had a turn. An owner whose
// executor does not run within the patience is skipped, or it would block all others; it queues
// again when it runs.
//
// Safe from any thread. Acquiring and releasing take no lock while nobody waits.
class turn_queue {
public:
  using clock = std::chrono::steady_clock;

  // Long for a thread to be scheduled, short compared with a sender's time-out.
  static constexpr std::chrono::milliseconds default_patience{20};

  // `who`: any object's address, while it holds or waits. Returns true if it is now the owner.
  [[nodiscard]] bool try_acquire(const void* who) noexcept {
    std::uintptr_t expected = nobody;
    return owner_.compare_exchange_strong(expected, name_of(who), std::memory_order_acquire,
                                          std::memory_order_relaxed) ||
           (expected == reserved_for(who) &&
            owner_.compare_exchange_strong(expected, name_of(who), std::memory_order_acquire,
                                           std::memory_order_relaxed));
  }
  void release() noexcept;

  // Calls `resume()` once when `loop` may acquire; if it cannot then, it waits again. `loop` is the
  // `who` of its calls.
  void wait(const std::shared_ptr<wakeable>& loop);

  // Cancels the wait and passes a reservation on. After it returns, no other thread will use the
  // executor of `loop`.
  void leave(const wakeable* loop) noexcept;

  // Takes the window from an owner that has not claimed it within the patience. Waiters call it
  // periodically.
  void pass_over_late() noexcept;

  [[nodiscard]] std::chrono::nanoseconds patience() const noexcept { return patience_; }
  void set_patience(std::chrono::nanoseconds patience) noexcept { patience_ = patience; }

private:
  static constexpr std::uintptr_t nobody = 0;
  // Pointers are even, which leaves one bit: reserved, and not yet claimed.
  [[nodiscard]] static std::uintptr_t name_of(const void* who) noexcept {
    return reinterpret_cast<std::uintptr_t>(who);
  }
  [[nodiscard]] static std::uintptr_t reserved_for(const void* who) noexcept {
    return name_of(who) | 1;
  }

  // With the lock held, by the thread that set the owner to `nobody` or holds the window.
  void grant_next() noexcept;
  void grant_if_free() noexcept;

  struct entry {
    const wakeable* name;
    std::weak_ptr<wakeable> loop;
  };

  std::atomic<std::uintptr_t> owner_{nobody};
  std::atomic<bool> any_waits_{false};
  std::mutex mutex_;
  std::vector<entry> queue_;
  clock::time_point reserved_since_{};
  std::chrono::nanoseconds patience_{default_patience};
};

} // namespace ancillary::detail
