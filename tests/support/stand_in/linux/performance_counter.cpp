#include "../control_messages.hpp"

#include <chrono>

namespace ancillary_test {

std::int64_t performance_counter() noexcept {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

} // namespace ancillary_test
