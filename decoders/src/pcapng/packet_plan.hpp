// Chooses the contents of a packet, and says in its comment what the system did not report.
#pragma once

#include "ancillary/pcapng/blocks.hpp"

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace ancillary::pcapng {

// Sentences separated by "; ", without allocation. A text beyond the capacity is cut, which the
// sentences below never need.
class comment_text {
public:
  static constexpr std::size_t capacity = 1024;

  // Begins another sentence.
  comment_text& sentence(std::string_view text) noexcept {
    if (used_ != 0) {
      add("; ");
    }
    return add(text);
  }
  comment_text& add(std::string_view text) noexcept {
    const std::size_t count = text.size() < capacity - used_ ? text.size() : capacity - used_;
    std::memcpy(text_.data() + used_, text.data(), count);
    used_ += count;
    return *this;
  }
  template <std::integral Number>
  comment_text& add(Number value) noexcept {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return add(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
  }

  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), used_}; }

private:
  std::array<char, capacity> text_; // uninitialized beyond used_
  std::size_t used_ = 0;
};

// What the packet of a datagram contains.
struct packet_plan {
  bool v4 = true;
  ip_address source;
  ip_address destination;
  std::uint8_t hop_limit = 0;
  std::uint8_t traffic_class = 0;
  std::span<const std::byte> payload; // what fits
  std::size_t udp_bytes = 0;          // for the length fields: header and payload before truncation
  std::size_t original_bytes = 0;     // of the packet, for the block's original length
  bool checksum_known = true;         // of UDP
};

// Chooses the values of a packet, and says in `comment` which were not reported.
[[nodiscard]] packet_plan plan(const datagram& from, comment_text& comment) noexcept;

} // namespace ancillary::pcapng
