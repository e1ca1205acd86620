#pragma once

#include <atomic>
#include <cstdint>

namespace ancillary::detail {

// A counter with one writer and readers on any thread. A write is a plain load, add and store.
class relaxed_counter {
public:
  void add(std::uint64_t n) noexcept { set(value() + n); }
  void set(std::uint64_t n) noexcept { value_.store(n, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

private:
  std::atomic<std::uint64_t> value_{0};
};

} // namespace ancillary::detail
