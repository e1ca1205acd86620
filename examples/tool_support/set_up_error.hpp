#pragma once

#include <stdexcept>

namespace tool {

// Why a session could not start, in one readable line.
struct set_up_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace tool
