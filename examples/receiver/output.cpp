#include "output.hpp"

#include <cerrno>
#include <cstdio>

namespace tool {

std::unique_ptr<formatter> make_formatter(output_format format) {
  switch (format) {
  case output_format::table:
    return make_table();
  case output_format::json_lines:
    return make_json_lines();
  case output_format::none:
    break;
  }
  return nullptr;
}

std::error_code write_to_standard_output(const std::string& text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) {
    return {};
  }
  return errno != 0 ? std::error_code(errno, std::generic_category())
                    : std::make_error_code(std::errc::io_error);
}

} // namespace tool
