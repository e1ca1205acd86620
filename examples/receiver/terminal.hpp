// The terminal that standard output may be.
#pragma once

#include <cstddef>
#include <optional>

namespace tool {

struct terminal_size {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

// The size now, because a user may change it; nullopt if standard output is no terminal, or one
// that does not obey the control sequences of ECMA-48 (Windows before version 10, TERM=dumb).
[[nodiscard]] std::optional<terminal_size> size_of_terminal();

} // namespace tool
