// How long tests wait for what has to come. A wait ends with its event; the limit only keeps a test
// that is broken from hanging, and is short of CTest's own (cmake/discover_tests.cmake) so that the
// test says what it missed. No result depends on how fast or how busy the machine is.
#pragma once

#include <chrono>

namespace ancillary_test {

inline constexpr std::chrono::seconds patience{50};

} // namespace ancillary_test
