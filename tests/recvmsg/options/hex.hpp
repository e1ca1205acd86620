#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace option_tests {

// "0a0b" for {0x0a, 0x0b}.
inline std::string hex(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::byte octet : bytes) {
    text += digits[std::to_integer<std::size_t>(octet >> 4)];
    text += digits[std::to_integer<std::size_t>(octet & std::byte{15})];
  }
  return text;
}

// The inverse; spaces are ignored, so that they can separate fields.
inline std::vector<std::byte> from_hex(std::string_view text) {
  std::vector<std::byte> bytes;
  int high = -1;
  for (const char c : text) {
    if (c == ' ') {
      continue;
    }
    const int digit = c >= 'a' ? c - 'a' + 10 : c - '0';
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<std::byte>(high * 16 + digit));
      high = -1;
    }
  }
  return bytes;
}

inline std::string zeros(std::size_t bytes) { return std::string(bytes * 2, '0'); }

} // namespace option_tests
