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

// First come, first served: who releases with others waiting makes the first of them the owner, so
// the same one cannot take it again before each that waits has had a turn. An owner whose executor
// does not run within the patience is passed over, or it would make all others deaf; it queues
// anew when it does run.
//
// Any thread. Acquiring and releasing take no lock while nobody waits.
class turn_queue {
public:
  using clock = std::chrono::steady_clock;

  // Long for a thread to be scheduled in, short beside a sender's time-out.
  static constexpr std::chrono::milliseconds default_patience{20};

  // `who`: any object's address, as long as it holds or waits. True when it is the owner now.
  [[nodiscard]] bool try_acquire(const void* who) noexcept {
    std::uintptr_t expected = nobody;
    return owner_.compare_exchange_strong(expected, name_of(who), std::memory_order_acquire,
                                          std::memory_order_relaxed) ||
           (expected == reserved_for(who) &&
            owner_.compare_exchange_strong(expected, name_of(who), std::memory_order_acquire,
                                           std::memory_order_relaxed));
  }
  void release() noexcept;

  // Has `resume()` called, once, when `loop` may acquire; it waits anew where it then cannot.
  // `loop` is the `who` of its calls.
  void wait(const std::shared_ptr<wakeable>& loop);

  // No more of that; what was reserved for it goes to the next. After it returns no other thread
  // is about to use the executor of `loop`.
  void leave(const wakeable* loop) noexcept;

  // Takes the window from an owner that has not come for it within the patience. To be called now
  // and then by those that wait.
  void pass_over_late() noexcept;

  [[nodiscard]] std::chrono::nanoseconds patience() const noexcept { return patience_; }
  void set_patience(std::chrono::nanoseconds patience) noexcept { patience_ = patience; }

private:
  static constexpr std::uintptr_t nobody = 0;
  // Pointers are even, which leaves a bit: reserved, and not yet come for.
  [[nodiscard]] static std::uintptr_t name_of(const void* who) noexcept {
    return reinterpret_cast<std::uintptr_t>(who);
  }
  [[nodiscard]] static std::uintptr_t reserved_for(const void* who) noexcept {
    return name_of(who) | 1;
  }

  // With the lock held, by whoever has brought the owner to `nobody` or holds the window.
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
