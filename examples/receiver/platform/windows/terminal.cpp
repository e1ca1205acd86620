#include "../../terminal.hpp"

#include <windows.h>

namespace tool {
namespace {

// Of wincon.h since the SDK of Windows 10, version 1511.
constexpr DWORD virtual_terminal_processing = 0x0004;

} // namespace

std::optional<terminal_size> size_of_terminal() {
  const HANDLE output = ::GetStdHandle(STD_OUTPUT_HANDLE);
  DWORD mode = 0;
  if (::GetConsoleMode(output, &mode) == 0) {
    return std::nullopt; // a file or a pipe
  }
  if ((mode & virtual_terminal_processing) == 0 &&
      ::SetConsoleMode(output, mode | virtual_terminal_processing) == 0) {
    return std::nullopt;
  }
  CONSOLE_SCREEN_BUFFER_INFO info{};
  if (::GetConsoleScreenBufferInfo(output, &info) == 0) {
    return terminal_size{};
  }
  const auto length = [](SHORT first, SHORT last) {
    return last >= first ? static_cast<std::size_t>(last - first) + 1 : std::size_t{1};
  };
  return terminal_size{length(info.srWindow.Left, info.srWindow.Right),
                       length(info.srWindow.Top, info.srWindow.Bottom)};
}

} // namespace tool
