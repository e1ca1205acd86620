#include "../control_messages.hpp"

#include <windows.h>

namespace ancillary_test {

std::int64_t performance_counter() noexcept {
  LARGE_INTEGER counter;
  ::QueryPerformanceCounter(&counter);
  return counter.QuadPart;
}

} // namespace ancillary_test
