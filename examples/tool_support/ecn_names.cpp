#include "ecn_names.hpp"

namespace tool {

std::string_view short_name(ancillary::ecn_codepoint codepoint) {
  switch (codepoint) {
  case ancillary::ecn_codepoint::not_ect:
    return "none";
  case ancillary::ecn_codepoint::ect1:
    return "ect1";
  case ancillary::ecn_codepoint::ect0:
    return "ect0";
  case ancillary::ecn_codepoint::ce:
    return "ce";
  }
  return "-";
}

} // namespace tool
