// The names of DSCPs in the IANA registry "Differentiated Services Field Codepoints", in lower
// case: ef, af11 to af43, cs1 to cs7, le, va, be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tool {

// Also "cs0", which is "be".
[[nodiscard]] std::optional<std::uint8_t> find_dscp(std::string_view name);

// Empty if it has no name.
[[nodiscard]] std::string dscp_name(std::uint8_t dscp);

} // namespace tool
