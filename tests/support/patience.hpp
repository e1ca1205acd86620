// How long tests wait for an expected event. A wait ends with its event; the limit only keeps a
// broken test from hanging, and is below CTest's limit (cmake/discover_tests.cmake) so that the
// test reports what is missing. No result depends on the speed or load of the machine.
#pragma once

#include <chrono>

namespace ancillary_test {

inline constexpr std::chrono::seconds patience{50};

} // namespace ancillary_test
