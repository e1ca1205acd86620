// The entry point of every test program. Compiled once: with Catch2 2 it contains the whole
// framework.

#define CATCH_CONFIG_RUNNER
#include "catch.hpp"

#include <iostream>
#include <string>

namespace {

// The code that Catch2 3 returns for its own SKIP; CTest uses the same number
// (cmake/discover_tests.cmake).
constexpr int skipped_exit_code = 4;
constexpr int failed_exit_code = 1;

int skip_count = 0;

} // namespace

void ancillary_test::note_skip(std::string_view reason) {
  ++skip_count;
  std::cout << "skipped: " << reason << std::endl;
}

int main(int argc, char** argv) {
  Catch::Session session;
  const int result = session.run(argc, argv);
  if (skip_count != 0)
    return result == 0 ? skipped_exit_code : failed_exit_code;
#if CATCH_VERSION_MAJOR < 3
  // Here the result is a number of failures; four failures are not a skip.
  if (result == skipped_exit_code)
    return failed_exit_code;
#endif
  return result;
}
