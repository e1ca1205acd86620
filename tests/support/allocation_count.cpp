#include "allocation_count.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> count{0};

} // namespace

std::size_t ancillary_test::allocation_count() noexcept { return count.load(); }

// Replaces the allocation functions of the whole program; the array and nothrow forms call these.
void* operator new(std::size_t bytes) {
  ++count;
  if (void* const memory = std::malloc(bytes != 0 ? bytes : 1)) {
    return memory;
  }
  throw std::bad_alloc();
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
