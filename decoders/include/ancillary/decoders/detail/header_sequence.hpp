#pragma once

#include "ancillary/decoders/metadata_view.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace ancillary::detail {

// The message headers of one control buffer, as a prediction of the next. A socket's options
// determine which messages it receives, and the headers and the buffer's size determine where each
// field lies. If both are equal, the index of the earlier buffer is valid for the new one too. All
// headers are compared; nothing is assumed.
template <control_layout Layout>
class header_sequence {
public:
  [[nodiscard]] constexpr bool matches(std::span<const std::byte> control) const noexcept {
    if (control.size() != size_)
      return false;
    std::uint64_t difference = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      const header& expected = headers_[i];
      const std::byte* const at = control.data() + expected.offset;
      difference |= load_little<word>(at) ^ expected.length;
      difference |= load_little<std::uint64_t>(at + Layout::word_bytes) ^ expected.key;
    }
    return difference == 0;
  }

  // The result of a walk. Only for a buffer that matches.
  [[nodiscard]] constexpr metadata_view view(std::span<const std::byte> control) const noexcept {
    return metadata_view(control, index_);
  }

  // Considers a buffer that did not match and returns whether it becomes the prediction. Learning
  // costs as much as several walks, so only the first and then every 64th such buffer is learned:
  // for traffic that always changes, the cost is little more than the comparison.
  constexpr bool consider(const metadata_view& walked) noexcept {
    if (misses_++ % misses_per_learning != 0)
      return false;
    return learn(walked);
  }

private:
  using word = std::conditional_t<Layout::word_bytes == 8, std::uint64_t, std::uint32_t>;

  struct header {
    std::uint64_t key;
    word length;
    std::uint16_t offset;
  };

  static constexpr unsigned misses_per_learning = 64;
  static constexpr std::size_t most_headers = 12; // more than any supported socket receives
  static constexpr std::size_t no_size = ~std::size_t{0};

  constexpr bool learn(const metadata_view& walked) noexcept {
    size_ = no_size;
    count_ = 0;
    if (walked.error().reason == control_error_reason::buffer_too_large)
      return false;
    control_cursor<Layout> cursor(walked.control());
    while (const auto message = cursor.next()) {
      if (count_ == most_headers)
        return false;
      headers_[count_++] = {message_type{message->level, message->type}.key(),
                            static_cast<word>(Layout::header_bytes + message->data.size()),
                            static_cast<std::uint16_t>(message->offset)};
    }
    if (cursor.error())
      return false;
    size_ = walked.control().size();
    index_ = walked.index_;
    return true;
  }

  std::size_t size_ = no_size;
  std::size_t count_ = 0;
  unsigned misses_ = 0;
  std::array<header, most_headers> headers_{};
  control_index index_{Layout::id};
};

} // namespace ancillary::detail
