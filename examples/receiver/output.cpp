#include "output.hpp"

namespace tool {

std::unique_ptr<formatter> make_formatter(const command_line& arguments) {
  switch (arguments.format) {
  case output_format::table:
    return make_table(arguments.service_names);
  case output_format::json_lines:
    return make_json_lines(arguments.service_names);
  case output_format::none:
    break;
  }
  return nullptr;
}

} // namespace tool
