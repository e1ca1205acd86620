// The number of allocations of this program.
#pragma once

#include <cstddef>

namespace ancillary_test {

// Calls of operator new so far, on all threads.
[[nodiscard]] std::size_t allocation_count() noexcept;

} // namespace ancillary_test
