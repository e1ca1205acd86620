// std::format support for every printable type, where the standard library has `<format>` (GCC 13,
// Clang 17, Visual Studio 2022 and later):
//   std::format("{:>20}", packet.metadata().destination().value())
#pragma once

#include "ancillary/decoders/fields.hpp"
#include "ancillary/decoders/ip_address.hpp"
#include "ancillary/decoders/metadata.hpp"

#include <version>

#if defined(__cpp_lib_format)

#include <format>
#include <string>
#include <string_view>

namespace ancillary::detail {

// Takes the format specifications of strings.
template <class T>
struct text_formatter : std::formatter<std::string_view> {
  template <class Context>
  auto format(const T& value, Context& context) const {
    return std::formatter<std::string_view>::format(std::string_view(to_string(value)), context);
  }
};

} // namespace ancillary::detail

template <>
struct std::formatter<ancillary::ip_address>
    : ancillary::detail::text_formatter<ancillary::ip_address> {};
template <>
struct std::formatter<ancillary::socket_address>
    : ancillary::detail::text_formatter<ancillary::socket_address> {};
template <>
struct std::formatter<ancillary::field> : ancillary::detail::text_formatter<ancillary::field> {};
template <>
struct std::formatter<ancillary::field_set>
    : ancillary::detail::text_formatter<ancillary::field_set> {};
template <>
struct std::formatter<ancillary::ecn_codepoint>
    : ancillary::detail::text_formatter<ancillary::ecn_codepoint> {};
template <>
struct std::formatter<ancillary::metadata>
    : ancillary::detail::text_formatter<ancillary::metadata> {};

#endif
