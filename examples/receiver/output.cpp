#include "output.hpp"

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

} // namespace tool
