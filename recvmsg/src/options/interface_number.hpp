#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ancillary::detail {

// The whole text as a decimal interface index, or empty; 0 is no interface.
[[nodiscard]] inline std::optional<std::uint32_t>
parse_interface_number(std::string_view text) noexcept {
  std::uint32_t number = 0;
  const auto end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end || number == 0) {
    return std::nullopt;
  }
  return number;
}

} // namespace ancillary::detail
