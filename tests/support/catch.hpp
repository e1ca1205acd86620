#pragma once

// Catch2 for this project's tests: the same macros for version 2 (Debian 12) and version 3 (vcpkg).

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

// Prints "skipped: <reason>" and makes this process, unless a test failed in it, exit with the code
// that CTest counts as skipped.
void note_skip(std::string_view reason);

} // namespace ancillary_test

// Ends a test case that cannot run here, with the reason. For the body of a test case: it returns.
#define SKIP_BECAUSE(reason)                                                                       \
  do {                                                                                             \
    ::ancillary_test::note_skip(reason);                                                           \
    return;                                                                                        \
  } while (false)
