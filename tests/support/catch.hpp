#pragma once

// Catch2 as this project's tests use it: one spelling for version 2 (Debian 12) and version 3
// (vcpkg).

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
namespace Catch::Matchers {
inline auto ContainsSubstring(const std::string& text) { return Contains(text); }
} // namespace Catch::Matchers
#endif

#include <string_view>

namespace ancillary_test {

// Prints "skipped: <reason>" and lets this process, when nothing failed in it, end with the code
// that CTest counts as skipped.
void note_skip(std::string_view reason);

} // namespace ancillary_test

// Ends a test case that cannot run here, and says why. For the body of a test case: it returns.
#define SKIP_BECAUSE(reason)                                                                       \
  do {                                                                                             \
    ::ancillary_test::note_skip(reason);                                                           \
    return;                                                                                        \
  } while (false)
