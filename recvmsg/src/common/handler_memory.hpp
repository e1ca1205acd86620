// Memory for a driver's one pending operation, so that arming never allocates.
#pragma once

#include <cstddef>
#include <new>

namespace ancillary::detail {

// Holds one operation object of Asio; a larger one, or a second one at the same time, is allocated
// on the heap. The owner must outlive the operation: the handler refers to it, and Asio frees an
// operation while its handler still exists.
class handler_memory {
public:
  handler_memory() noexcept = default;
  handler_memory(const handler_memory&) = delete;
  handler_memory& operator=(const handler_memory&) = delete;

  [[nodiscard]] void* allocate(std::size_t bytes) {
    if (!in_use_ && bytes <= sizeof storage_) {
      in_use_ = true;
      return storage_;
    }
    return ::operator new(bytes);
  }

  void deallocate(void* memory) noexcept {
    if (memory == storage_) {
      in_use_ = false;
    } else {
      ::operator delete(memory);
    }
  }

private:
  static constexpr std::size_t operation_bytes = 512; // Asio's have 150 to 300

  std::max_align_t storage_[operation_bytes / sizeof(std::max_align_t)];
  bool in_use_ = false;
};

template <class T>
class handler_allocator {
public:
  using value_type = T;

  explicit handler_allocator(handler_memory& memory) noexcept : memory_(&memory) {}
  template <class U>
  handler_allocator(const handler_allocator<U>& other) noexcept : memory_(other.memory_) {}

  [[nodiscard]] T* allocate(std::size_t count) {
    return static_cast<T*>(memory_->allocate(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t) noexcept { memory_->deallocate(memory); }

  template <class U>
  bool operator==(const handler_allocator<U>& other) const noexcept {
    return memory_ == other.memory_;
  }

private:
  template <class U>
  friend class handler_allocator;

  handler_memory* memory_;
};

} // namespace ancillary::detail
