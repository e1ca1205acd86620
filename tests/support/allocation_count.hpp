// How often this program has allocated.
#pragma once

#include <cstddef>

namespace ancillary_test {

// Calls of operator new so far, on all threads.
[[nodiscard]] std::size_t allocation_count() noexcept;

} // namespace ancillary_test
