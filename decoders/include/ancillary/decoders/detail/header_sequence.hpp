#pragma once

#include "ancillary/decoders/metadata_view.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace ancillary::detail {

// The message headers of one control buffer, as an expectation of the next. The options of a socket
// fix which messages come, and where a field lies follows from the headers and the size of the
// buffer alone: where those are equal the index of the walked buffer holds for the other one too.
// All headers are compared, so nothing is taken on trust.
template <control_layout Layout>
class header_sequence {
public:
  // Expects what `walked` has found. Longer sequences than any socket here brings are not kept.
  void learn(const metadata_view& walked) noexcept {
    count_ = 0;
    size_ = no_size;
    control_cursor<Layout> cursor(walked.control());
    while (const auto message = cursor.next()) {
      if (count_ == most_headers) {
        return;
      }
      offsets_[count_] = static_cast<std::uint16_t>(message->offset);
      std::memcpy(headers_[count_].data(), walked.control().data() + message->offset,
                  Layout::header_bytes);
      ++count_;
    }
    if (!cursor.error() && walked.error().reason != control_error_reason::buffer_too_large) {
      size_ = walked.control().size();
      index_ = walked.index_;
    }
  }

  [[nodiscard]] bool matches(std::span<const std::byte> control) const noexcept {
    if (control.size() != size_) {
      return false;
    }
    for (std::size_t i = 0; i < count_; ++i) {
      if (std::memcmp(control.data() + offsets_[i], headers_[i].data(), Layout::header_bytes) !=
          0) {
        return false;
      }
    }
    return true;
  }

  // What a walk would find. Only of a buffer that matches.
  [[nodiscard]] metadata_view view(std::span<const std::byte> control) const noexcept {
    return metadata_view(control, index_);
  }

private:
  static constexpr std::size_t most_headers = 12;
  static constexpr std::size_t no_size = ~std::size_t{0};

  std::size_t size_ = no_size;
  std::size_t count_ = 0;
  std::array<std::uint16_t, most_headers> offsets_{};
  std::array<std::array<std::byte, Layout::header_bytes>, most_headers> headers_{};
  control_index index_{Layout::id};
};

} // namespace ancillary::detail
