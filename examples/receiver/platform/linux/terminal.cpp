#include "../../terminal.hpp"

#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace tool {

std::optional<terminal_size> size_of_terminal() {
  const char* kind = std::getenv("TERM");
  if (::isatty(STDOUT_FILENO) == 0 || kind == nullptr || std::string_view(kind) == "dumb") {
    return std::nullopt;
  }
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return terminal_size{}; // a serial line does not know its size
  }
  return terminal_size{size.ws_col, size.ws_row};
}

} // namespace tool
