// Writes the bytes of one block into a buffer.
//
//   +------------+--------------+------ ... ------+--------- ... ---------+--------------+
//   | type (4)   | length (4)   | fixed fields    | options               | length (4)   |
//   +------------+--------------+------ ... ------+--------- ... ---------+--------------+
//
//   an option: code (2), length (2), value, padding to a multiple of 4; the last is opt_endofopt
#pragma once

#include "ancillary/decoders/detail/bytes.hpp"
#include "ancillary/pcapng/blocks.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ancillary::pcapng {

// Option codes that every block may have.
inline constexpr std::uint16_t opt_endofopt = 0;
inline constexpr std::uint16_t opt_comment = 1;

inline constexpr std::size_t block_frame_bytes = 12; // type, and the length twice

constexpr std::size_t padded(std::size_t bytes) noexcept { return (bytes + 3) & ~std::size_t{3}; }

// The first bytes of a text that are whole UTF-8 characters, at most `most_text_bytes`.
constexpr std::string_view cut(std::string_view text) noexcept {
  if (text.size() <= most_text_bytes) {
    return text;
  }
  std::size_t end = most_text_bytes;
  while (end != 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
    --end; // a continuation byte
  }
  return text.substr(0, end);
}

// After a part that does not fit, the rest is ignored, and finish() returns 0.
class block_builder {
public:
  block_builder(std::span<std::byte> to, block_type type) noexcept : to_(to) {
    u32(static_cast<std::uint32_t>(type));
    u32(0); // the length, by finish()
  }

  void u16(std::uint16_t value) noexcept {
    if (std::byte* const at = reserve(sizeof value)) {
      detail::store_little(at, value);
    }
  }
  void u32(std::uint32_t value) noexcept {
    if (std::byte* const at = reserve(sizeof value)) {
      detail::store_little(at, value);
    }
  }
  void u64(std::uint64_t value) noexcept {
    if (std::byte* const at = reserve(sizeof value)) {
      detail::store_little(at, value);
    }
  }
  // Nanoseconds since the Unix epoch: first the upper half, then the lower.
  void time(std::chrono::nanoseconds since_epoch) noexcept {
    const auto count =
        since_epoch.count() < 0 ? 0 : static_cast<std::uint64_t>(since_epoch.count());
    u32(static_cast<std::uint32_t>(count >> 32));
    u32(static_cast<std::uint32_t>(count));
  }

  void bytes(std::span<const std::byte> from) noexcept {
    if (std::byte* const at = reserve(from.size())) {
      detail::copy_bytes(at, from.data(), from.size());
    }
  }
  void pad() noexcept {
    const std::size_t bytes = padded(used_) - used_;
    if (std::byte* const at = reserve(bytes)) {
      detail::clear_bytes(at, bytes);
    }
  }

  void option(std::uint16_t code, std::span<const std::byte> value) noexcept {
    u16(code);
    u16(static_cast<std::uint16_t>(value.size()));
    bytes(value);
    pad();
  }
  // Nothing for an empty text.
  void option(std::uint16_t code, std::string_view text) noexcept {
    if (!text.empty()) {
      const std::string_view whole = cut(text);
      option(code, std::as_bytes(std::span(whole.data(), whole.size())));
    }
  }
  void option_u32(std::uint16_t code, std::uint32_t value) noexcept {
    u16(code);
    u16(sizeof value);
    u32(value);
  }
  void option_u64(std::uint16_t code, std::uint64_t value) noexcept {
    u16(code);
    u16(sizeof value);
    u64(value);
  }
  void option_time(std::uint16_t code, std::chrono::nanoseconds since_epoch) noexcept {
    u16(code);
    u16(8);
    time(since_epoch);
  }

  // Ends the options and the block. Returns its size.
  [[nodiscard]] std::size_t finish() noexcept {
    u32(opt_endofopt); // the code and a length of 0
    const std::size_t total = used_ + sizeof(std::uint32_t);
    u32(static_cast<std::uint32_t>(total));
    if (!fits_) {
      return 0;
    }
    detail::store_little(to_.data() + sizeof(std::uint32_t), static_cast<std::uint32_t>(total));
    return total;
  }

private:
  // Null if there is no room.
  std::byte* reserve(std::size_t count) noexcept {
    if (!fits_ || to_.size() - used_ < count) {
      fits_ = false;
      return nullptr;
    }
    std::byte* const at = to_.data() + used_;
    used_ += count;
    return at;
  }

  std::span<std::byte> to_;
  std::size_t used_ = 0;
  bool fits_ = true;
};

} // namespace ancillary::pcapng
