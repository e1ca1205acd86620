// The error that a fuzz target reports.
#pragma once

#include <stdexcept>
#include <string>

namespace ancillary_test::fuzz {

// Leaves the target: libFuzzer treats an exception as a crash, a replay as a failed test.
class finding : public std::logic_error {
public:
  using std::logic_error::logic_error;
};

inline void expect(bool holds, const char* what) {
  if (!holds) {
    throw finding(what);
  }
}

} // namespace ancillary_test::fuzz
