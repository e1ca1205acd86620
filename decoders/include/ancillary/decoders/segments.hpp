#pragma once

#include <cstddef>
#include <iterator>
#include <span>

namespace ancillary {

// The datagrams of one received buffer, in order, without copying.
//
//     payload      +--------+--------+--------+----+
//                  |        |        |        |    |    segment_bytes each, the last may be shorter
//                  +--------+--------+--------+----+
//
// An empty payload is one empty datagram. A segment size of zero or above the payload's size is
// invalid: malformed() returns true, and the range is the whole payload as one piece. Any number of
// segments is valid; Windows coalesces more than 64. The payload must outlive the range and its
// pieces.
class segments {
public:
  class iterator;

  // Splits `payload` into pieces of `segment_bytes` bytes.
  constexpr segments(std::span<const std::byte> payload, std::size_t segment_bytes) noexcept
      : payload_(payload),
        segment_bytes_(segment_bytes),
        malformed_(segment_bytes == 0 || segment_bytes > payload.size()) {
    if (malformed_)
      segment_bytes_ = payload.size();
  }

  // Whether the segment size was invalid; the payload is one piece then.
  constexpr bool malformed() const noexcept { return malformed_; }

  // At least 1.
  constexpr std::size_t size() const noexcept {
    return payload_.empty() ? 1 : (payload_.size() - 1) / segment_bytes_ + 1;
  }

  constexpr iterator begin() const noexcept;
  constexpr iterator end() const noexcept;

private:
  std::span<const std::byte> payload_;
  std::size_t segment_bytes_;
  bool malformed_;
};

// Yields the pieces in order, as spans into the payload.
class segments::iterator {
public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = std::span<const std::byte>;
  using difference_type = std::ptrdiff_t;
  using pointer = const value_type*;
  using reference = value_type;

  constexpr iterator() noexcept = default;

  constexpr std::span<const std::byte> operator*() const noexcept {
    return rest_.first(current_bytes());
  }
  constexpr iterator& operator++() noexcept {
    rest_ = rest_.subspan(current_bytes());
    --left_;
    return *this;
  }
  constexpr iterator operator++(int) noexcept {
    const iterator before = *this;
    ++*this;
    return before;
  }
  // Only for iterators of the same range.
  friend constexpr bool operator==(const iterator& a, const iterator& b) noexcept {
    return a.left_ == b.left_;
  }

private:
  friend class segments;
  constexpr iterator(std::span<const std::byte> rest, std::size_t segment_bytes,
                     std::size_t left) noexcept
      : rest_(rest), segment_bytes_(segment_bytes), left_(left) {}

  constexpr std::size_t current_bytes() const noexcept {
    return rest_.size() < segment_bytes_ ? rest_.size() : segment_bytes_;
  }

  std::span<const std::byte> rest_;
  std::size_t segment_bytes_ = 0;
  std::size_t left_ = 0;
};

constexpr segments::iterator segments::begin() const noexcept {
  return {payload_, segment_bytes_, size()};
}
constexpr segments::iterator segments::end() const noexcept { return {}; }

} // namespace ancillary
