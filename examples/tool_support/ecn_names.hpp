#pragma once

#include <ancillary/decoders/fields.hpp>

#include <string_view>

namespace tool {

// "none", "ect0", "ect1", "ce": the words of the tools' tables and command lines.
[[nodiscard]] std::string_view short_name(ancillary::ecn_codepoint codepoint);

} // namespace tool
