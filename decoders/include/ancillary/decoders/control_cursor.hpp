#pragma once

#include "ancillary/decoders/detail/bytes.hpp"
#include "ancillary/decoders/export.hpp"
#include "ancillary/decoders/layout.hpp"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

namespace ancillary {

// Why a control buffer is invalid.
enum class control_error_reason : std::uint8_t {
  none,
  length_below_header,  // cmsg_len is smaller than a header
  length_beyond_buffer, // cmsg_len exceeds the rest of the buffer
  payload_too_short,    // a known message has less data than its type needs (metadata_view)
  buffer_too_large,     // the buffer exceeds 65,535 bytes (metadata_view)
};

ANCILLARY_DECODERS_API std::string_view to_string(control_error_reason reason) noexcept;

// What is wrong with a control buffer. `offset` is that of the faulty message's header.
struct control_error {
  // What is wrong; `none`: nothing.
  control_error_reason reason = control_error_reason::none;
  // Of the faulty message's header, in bytes from the beginning of the buffer.
  std::size_t offset = 0;

  // Whether there is an error.
  constexpr explicit operator bool() const noexcept { return reason != control_error_reason::none; }
  friend constexpr bool operator==(const control_error&, const control_error&) = default;
};

ANCILLARY_DECODERS_API std::ostream& operator<<(std::ostream& out, const control_error& error);

// One control message. `data` points into the buffer; `offset` is that of the message's header.
struct control_message {
  // The protocol that the message belongs to; see message_types.hpp.
  int level = 0;
  // The kind of the message within its level.
  int type = 0;
  // The data after the header, without padding.
  std::span<const std::byte> data;
  // Of the header, in bytes from the beginning of the buffer.
  std::size_t offset = 0;
};

namespace detail {

// Reads the message at `offset` and advances `offset` to the next one. Returns nullopt at the end
// of the buffer and on an error; an error is stored in `error` and ends the walk.
template <class Geometry>
constexpr std::optional<control_message> next_message(std::span<const std::byte> buffer,
                                                      std::size_t& offset,
                                                      control_error& error) noexcept {
  using word = std::conditional_t<Geometry::word_bytes == 8, std::uint64_t, std::uint32_t>;

  if (offset > buffer.size() || buffer.size() - offset < Geometry::header_bytes) {
    return std::nullopt;
  }
  const std::size_t rest = buffer.size() - offset;
  const std::byte* const header = buffer.data() + offset;
  const std::uint64_t length = load_little<word>(header);
  if (length < Geometry::header_bytes || length > rest) {
    error = {length > rest ? control_error_reason::length_beyond_buffer
                           : control_error_reason::length_below_header,
             offset};
    offset = buffer.size();
    return std::nullopt;
  }
  const auto level = load_little<std::uint32_t>(header + Geometry::word_bytes);
  const auto type = load_little<std::uint32_t>(header + Geometry::word_bytes + 4);
  const auto message_bytes = static_cast<std::size_t>(length);
  const control_message message{
      static_cast<int>(level), static_cast<int>(type),
      buffer.subspan(offset + Geometry::header_bytes, message_bytes - Geometry::header_bytes),
      offset};
  offset += Geometry::align(message_bytes);
  return message;
}

// The iterator of a cursor: holds the current message and advances the cursor.
template <class Cursor>
class cursor_iterator {
public:
  using iterator_concept = std::input_iterator_tag;
  using value_type = control_message;
  using difference_type = std::ptrdiff_t;

  constexpr cursor_iterator() noexcept = default;
  constexpr explicit cursor_iterator(Cursor& cursor) noexcept
      : cursor_(&cursor), current_(cursor.next()) {}

  constexpr const control_message& operator*() const noexcept { return *current_; }
  constexpr const control_message* operator->() const noexcept { return &*current_; }
  constexpr cursor_iterator& operator++() noexcept {
    current_ = cursor_->next();
    return *this;
  }
  constexpr void operator++(int) noexcept { ++*this; }
  friend constexpr bool operator==(const cursor_iterator& at, std::default_sentinel_t) noexcept {
    return !at.current_;
  }

private:
  Cursor* cursor_ = nullptr;
  std::optional<control_message> current_;
};

} // namespace detail

// Walks a control buffer with any contents: yields its messages in order until the end or the first
// error. Never reads outside the buffer and always advances. The buffer must outlive the cursor and
// the messages.
//
//     control_cursor<layouts::native> cursor{bytes};
//     while (const auto message = cursor.next()) { ... }     // or: for (auto& message : cursor)
//     if (cursor.error()) { ... }
template <control_layout Layout>
class control_cursor {
public:
  // Begins at the first message of `buffer`.
  constexpr explicit control_cursor(std::span<const std::byte> buffer) noexcept : buffer_(buffer) {}

  // The next message; nullopt at the end and after an error.
  constexpr std::optional<control_message> next() noexcept {
    return detail::next_message<Layout>(buffer_, offset_, error_);
  }

  // The error that ended the walk, if any.
  constexpr control_error error() const noexcept { return error_; }

  // A single-pass range: begin() reads the next message.
  constexpr auto begin() noexcept { return detail::cursor_iterator<control_cursor>{*this}; }
  constexpr std::default_sentinel_t end() const noexcept { return {}; }

private:
  std::span<const std::byte> buffer_;
  std::size_t offset_ = 0;
  control_error error_;
};

// The same for a layout known only at run time.
class any_control_cursor {
public:
  // Begins at the first message of `buffer`.
  constexpr any_control_cursor(layout_id layout, std::span<const std::byte> buffer) noexcept
      : buffer_(buffer), word_bytes_(word_bytes(layout)) {}

  // Like control_cursor::next().
  constexpr std::optional<control_message> next() noexcept {
    return word_bytes_ == 8
               ? detail::next_message<detail::control_geometry<8>>(buffer_, offset_, error_)
               : detail::next_message<detail::control_geometry<4>>(buffer_, offset_, error_);
  }

  // Like control_cursor::error().
  constexpr control_error error() const noexcept { return error_; }

  // A single-pass range, like control_cursor::begin().
  constexpr auto begin() noexcept { return detail::cursor_iterator<any_control_cursor>{*this}; }
  constexpr std::default_sentinel_t end() const noexcept { return {}; }

private:
  std::span<const std::byte> buffer_;
  std::size_t word_bytes_;
  std::size_t offset_ = 0;
  control_error error_;
};

} // namespace ancillary
