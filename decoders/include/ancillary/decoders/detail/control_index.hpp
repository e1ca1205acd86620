#pragma once

#include "ancillary/decoders/control_cursor.hpp"
#include "ancillary/decoders/detail/bytes.hpp"
#include "ancillary/decoders/detail/message_table.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace ancillary::detail {

// Where each field of a control buffer lies: the result of one checked walk, and all that the
// accessors of metadata_view need. An offset is valid only if its field's bit is set in `state`.
struct control_index {
  static constexpr std::size_t max_buffer_bytes = std::numeric_limits<std::uint16_t>::max();

  std::uint32_t state = 0;
  std::uint16_t duplicate_count = 0;
  std::uint16_t unknown_count = 0;
  std::uint16_t error_offset = 0;
  control_error_reason error = control_error_reason::none;
  layout_id layout;
  std::array<std::uint16_t, index_slots::count> offsets;

  constexpr explicit control_index(layout_id from) noexcept : layout(from) {
    if (std::is_constant_evaluated())
      offsets.fill(0);
  }

  constexpr std::size_t offset_of(field what) const noexcept {
    return offsets[index_slots::of(what)];
  }

  template <class Layout>
  constexpr void fill(const std::byte* data, std::size_t size) noexcept;

private:
  // Takes a message that carries a field again, and returns the new state. In two cases it is no
  // duplicate. A dual-stack Linux socket reports an IPv4 datagram twice, and only the second packet
  // info has the local address. With SO_TIMESTAMPNS and SO_TIMESTAMPING enabled, the second message
  // has a software timestamp again, but also the hardware timestamp.
  constexpr std::uint32_t take_second(std::uint32_t found, const message_row& row,
                                      std::size_t data_offset) noexcept {
    namespace bits = state_bits;
    const std::uint32_t added = row.state & ~found;
    if ((added & bits::local_address) != 0) {
      offsets[index_slots::local_address] = static_cast<std::uint16_t>(data_offset + 4);
      return found | bits::local_address;
    }
    if ((added & bits::of(field::hardware_timestamp)) != 0) {
      offsets[index_slots::of(field::hardware_timestamp)] = static_cast<std::uint16_t>(data_offset);
      return found | (added & (bits::of(field::hardware_timestamp) | bits::triple_32));
    }
    ++duplicate_count;
    return found;
  }

  // The interface index lies at a fixed distance from the destination in the same message.
  constexpr void place_interface_index() noexcept {
    const bool of_linux = (state & state_bits::local_address) != 0;
    const int distance = (state & state_bits::destination_v6) != 0 ? 16 : of_linux ? -8 : 4;
    offsets[static_cast<std::size_t>(field::interface_index)] =
        static_cast<std::uint16_t>(static_cast<int>(offset_of(field::destination)) + distance);
  }

  constexpr void fail(control_error_reason reason, std::size_t offset) noexcept {
    if (error == control_error_reason::none) {
      error = reason;
      error_offset = static_cast<std::uint16_t>(offset);
    }
  }
};

template <class Layout>
constexpr void control_index::fill(const std::byte* data, std::size_t size) noexcept {
  using word = std::conditional_t<Layout::word_bytes == 8, std::uint64_t, std::uint32_t>;
  constexpr std::size_t header_bytes = Layout::header_bytes;

  if (size > max_buffer_bytes) [[unlikely]] {
    error = control_error_reason::buffer_too_large;
    return;
  }
  if (size < header_bytes)
    return;
  const std::size_t last = size - header_bytes;
  std::uint32_t found = 0;
  std::size_t offset = 0;
  while (offset <= last) {
    const std::byte* const header = data + offset;
    const std::uint64_t length = load_little<word>(header);
    if (length - header_bytes > last - offset) [[unlikely]] {
      fail(length < header_bytes ? control_error_reason::length_below_header
                                 : control_error_reason::length_beyond_buffer,
           offset);
      break;
    }
    const auto key = load_little<std::uint64_t>(header + Layout::word_bytes);
    const message_row& row = messages_of<Layout>.find(key);
    if (row.key != key) [[unlikely]] {
      ++unknown_count;
    } else if (length < row.needed_bytes) [[unlikely]] {
      fail(control_error_reason::payload_too_short, offset);
    } else if ((found & row.state) != 0) [[unlikely]] {
      found = take_second(found, row, offset + header_bytes);
    } else {
      found |= length < header_bytes + 4 ? row.short_state : row.state;
      offsets[row.slot] = static_cast<std::uint16_t>(offset + row.offset);
    }
    // The common lengths are constants behind branches, so that the processor can go on to the next
    // header without waiting for this one's length.
    const std::uint64_t data_bytes = length - header_bytes;
    if (data_bytes - 1 < Layout::alignment) [[likely]] {
      offset += header_bytes + Layout::alignment;
    } else if (data_bytes - 1 < 2 * Layout::alignment) [[likely]] {
      offset += header_bytes + 2 * Layout::alignment;
    } else {
      offset += Layout::align(static_cast<std::size_t>(length));
    }
  }
  state = found;
  if ((found & state_bits::of(field::interface_index)) != 0)
    place_interface_index();
}

} // namespace ancillary::detail
