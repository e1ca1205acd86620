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
// accessors of metadata_view need. An offset means something only while its field's bit is set in
// `state`, so the walk need not clear the offsets first.
struct control_index {
  static constexpr std::size_t max_buffer_bytes = std::numeric_limits<std::uint16_t>::max();
  static constexpr std::size_t local_address_slot = field_count;

  std::uint32_t state = 0;
  std::uint16_t duplicate_count = 0;
  std::uint16_t unknown_count = 0;
  std::uint16_t error_offset = 0;
  control_error_reason error = control_error_reason::none;
  layout_id layout;
  std::array<std::uint16_t, field_count + 1> offsets;

  constexpr explicit control_index(layout_id from) noexcept : layout(from) {
    if (std::is_constant_evaluated())
      offsets.fill(0);
  }

  constexpr std::size_t offset_of(field what) const noexcept {
    return offsets[static_cast<std::size_t>(what)];
  }

  template <class Layout>
  constexpr void fill(const std::byte* data, std::size_t size) noexcept;
};

// One walk's running state, kept apart from the index so that it can stay in registers.
template <class Layout>
struct control_walk {
  control_index& index;
  std::uint32_t state = 0;
  std::uint16_t duplicates = 0;
  std::uint16_t unknown = 0;
  std::size_t offset = 0;     // of the current header
  std::size_t data_bytes = 0; // of the current message

  // Each returns what the data takes with its padding. Where the data has the size that it has
  // always been seen with, that is a constant: the processor then finds the next header without
  // waiting for this one's length.
  template <field What, std::size_t NeededBytes, std::uint32_t Kind, std::size_t Offset>
  constexpr std::size_t operator()(datum_message<What, NeededBytes, Kind, Offset>) noexcept {
    if (data_bytes != NeededBytes) [[unlikely]] {
      if (data_bytes < NeededBytes)
        return too_short();
      note<What, Kind>(Offset);
      return Layout::align(data_bytes);
    }
    note<What, Kind>(Offset);
    return Layout::align(NeededBytes);
  }

  template <field What, std::uint32_t OctetBit>
  constexpr std::size_t operator()(octet_or_int_message<What, OctetBit>) noexcept {
    if (data_bytes == 4) [[likely]] {
      note<What, 0>(0);
      return Layout::align(4);
    }
    if (data_bytes == 1) {
      note<What, OctetBit>(0);
      return Layout::align(1);
    }
    if (data_bytes == 0)
      return too_short();
    if (data_bytes < 4) {
      note<What, OctetBit>(0);
    } else {
      note<What, 0>(0);
    }
    return Layout::align(data_bytes);
  }

  template <std::size_t NeededBytes, std::size_t Destination, std::size_t Interface,
            std::uint32_t Kind>
  constexpr std::size_t
  operator()(pktinfo_message<NeededBytes, Destination, Interface, Kind>) noexcept {
    if (data_bytes != NeededBytes) [[unlikely]] {
      if (data_bytes < NeededBytes)
        return too_short();
      note_pktinfo<Destination, Interface, Kind>();
      return Layout::align(data_bytes);
    }
    note_pktinfo<Destination, Interface, Kind>();
    return Layout::align(NeededBytes);
  }

  template <field What>
  constexpr std::size_t operator()(opaque_message<What>) noexcept {
    note<What, 0>(0);
    return Layout::align(data_bytes);
  }

  constexpr std::size_t operator()(unknown_message) noexcept {
    ++unknown;
    return Layout::align(data_bytes);
  }

  constexpr void fail(control_error_reason reason) noexcept {
    if (index.error != control_error_reason::none)
      return;
    index.error = reason;
    index.error_offset = static_cast<std::uint16_t>(offset);
  }

private:
  constexpr void place(std::size_t slot, std::size_t offset_in_data) noexcept {
    index.offsets[slot] =
        static_cast<std::uint16_t>(offset + Layout::header_bytes + offset_in_data);
  }

  template <field What, std::uint32_t Kind>
  constexpr void note(std::size_t offset_in_data) noexcept {
    if ((state & state_bits::of(What)) != 0) {
      ++duplicates;
      return;
    }
    state |= state_bits::of(What) | Kind;
    place(static_cast<std::size_t>(What), offset_in_data);
  }

  template <std::size_t Destination, std::size_t Interface, std::uint32_t Kind>
  constexpr void note_pktinfo() noexcept {
    constexpr bool has_local_address = Kind == state_bits::local_address;
    // A dual-stack Linux socket reports an IPv4 datagram twice, and only the second says this.
    if (has_local_address && (state & state_bits::local_address) == 0) {
      state |= state_bits::local_address;
      place(control_index::local_address_slot, 4);
    }
    if ((state & state_bits::of(field::destination)) != 0) {
      ++duplicates;
      return;
    }
    state |= state_bits::of(field::destination) | state_bits::of(field::interface_index) | Kind;
    place(static_cast<std::size_t>(field::destination), Destination);
    place(static_cast<std::size_t>(field::interface_index), Interface);
  }

  constexpr std::size_t too_short() noexcept {
    fail(control_error_reason::payload_too_short);
    return Layout::align(data_bytes);
  }
};

template <class Layout>
constexpr void control_index::fill(const std::byte* data, std::size_t size) noexcept {
  using word = std::conditional_t<Layout::word_bytes == 8, std::uint64_t, std::uint32_t>;
  constexpr std::size_t header_bytes = Layout::header_bytes;

  if (size > max_buffer_bytes) {
    error = control_error_reason::buffer_too_large;
    return;
  }
  control_walk<Layout> walk{*this};
  while (walk.offset + header_bytes <= size) {
    const std::byte* const header = data + walk.offset;
    const std::uint64_t length = load_little<word>(header);
    if (length - header_bytes > size - walk.offset - header_bytes) [[unlikely]] {
      walk.fail(length < header_bytes ? control_error_reason::length_below_header
                                      : control_error_reason::length_beyond_buffer);
      break;
    }
    walk.data_bytes = static_cast<std::size_t>(length) - header_bytes;
    const auto key = load_little<std::uint64_t>(header + Layout::word_bytes);
    walk.offset += header_bytes + visit_message<Layout>(key, walk);
  }
  state = walk.state;
  duplicate_count = walk.duplicates;
  unknown_count = walk.unknown;
}

} // namespace ancillary::detail
