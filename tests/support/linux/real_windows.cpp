#include "support/real_windows.hpp"

namespace ancillary_test {

bool on_real_windows() noexcept { return false; }

} // namespace ancillary_test
