// Parses a fuzzer's bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ancillary_test::fuzz {

// Zero and empty after the last byte.
class input_bytes {
public:
  explicit input_bytes(std::span<const std::byte> from) : rest_(from) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::span<const std::byte> rest() const { return rest_; }

  std::uint8_t octet() { return static_cast<std::uint8_t>(number(1)); }
  std::uint64_t number(std::size_t bytes) {
    std::uint64_t value = 0;
    for (const std::byte each : take(bytes)) {
      value = value << 8 | std::to_integer<std::uint8_t>(each);
    }
    return value;
  }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }

  std::span<const std::byte> take(std::size_t bytes) {
    const auto taken = rest_.first(std::min(bytes, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

private:
  std::span<const std::byte> rest_;
};

} // namespace ancillary_test::fuzz
