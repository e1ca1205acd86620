#pragma once

#include "ancillary/decoders/control_cursor.hpp"
#include "ancillary/decoders/detail/always_inline.hpp"
#include "ancillary/decoders/detail/control_index.hpp"
#include "ancillary/decoders/fields.hpp"
#include "ancillary/decoders/layout.hpp"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <iterator>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

namespace ancillary {

struct metadata;
class unknown_message_range;

namespace detail {
template <control_layout Layout>
class header_sequence;
}

// What a control buffer says of its datagram, without a copy: the buffer, and an index of where
// each known field lies, made by one checked walk. An accessor loads its field when it is asked.
// Any bytes may be given; no accessor reads outside them.
//
// Valid as long as the buffer. Cheap to copy, no allocation. Reading
// one view from several threads is safe.
//
// Not reported is an empty optional, which differs from zero. Two messages for one field: the first
// wins, the others are counted. A field whose value cannot be right (a hop limit above 255) is
// empty.
class metadata_view {
public:
  // No buffer, nothing present.
  constexpr metadata_view() noexcept : index_(layouts::native::id) {}

  // Walks `control` as the given layout has it: metadata_view(layouts::native{}, bytes).
  template <control_layout Layout>
  constexpr metadata_view(Layout, std::span<const std::byte> control) noexcept
      : control_(control), index_(Layout::id) {
    index_.template fill<Layout>(control.data(), control.size());
  }

  // The same for a layout that is known at run time only.
  metadata_view(layout_id layout, std::span<const std::byte> control) noexcept;

  // Where the datagram was sent to. A mapped IPv6 address is reported as the IPv4 address, so that
  // a dual-stack socket answers alike on every system.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<ip_address> destination() const noexcept;

  // The index of the interface that belongs to the destination.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<std::uint32_t> interface_index() const noexcept {
    return load_u32(field::interface_index);
  }

  // The index of the interface the datagram came in by. Linux has no message for it: there it is
  // interface_index().
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<std::uint32_t>
  receive_interface() const noexcept {
    return is_windows(layout()) ? load_u32(field::receive_interface) : interface_index();
  }

  // The index of the interface the datagram arrived at before a tunnel handed it on. Windows.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<std::uint32_t>
  original_arrival_interface() const noexcept {
    return load_u32(field::original_arrival_interface);
  }

  // IPv4 TTL or IPv6 hop limit, as received. Empty for a value above 255.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<std::uint8_t> hop_limit() const noexcept {
    const int value = load_octet(field::hop_limit, detail::state_bits::hop_limit_octet);
    if (value < 0)
      return std::nullopt;
    return static_cast<std::uint8_t>(value);
  }

  // IPv4 TOS or IPv6 traffic class. Empty for a value above 255.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<ancillary::traffic_class>
  traffic_class() const noexcept {
    const int value = load_octet(field::traffic_class, detail::state_bits::traffic_class_octet);
    if (value < 0)
      return std::nullopt;
    return ancillary::traffic_class{static_cast<std::uint8_t>(value)};
  }

  // From its own message (Windows), else the low two bits of the traffic class. A message of its
  // own with a value above 3 is empty.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<ecn_codepoint> ecn() const noexcept;

  // Bytes of each datagram in a coalesced buffer, the last excepted. See `segments`.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<std::uint32_t> segment_bytes() const noexcept {
    return load_u32(field::segment_bytes);
  }

  // When the datagram was received. Of a Linux SO_TIMESTAMPING message, the hardware's stamp where
  // there is one, else the software's. A stamp of zero is none.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<ancillary::timestamp> timestamp() const noexcept {
    if (!has(field::timestamp))
      return std::nullopt;
    return load_timestamp();
  }

  // Datagrams that the kernel dropped on this socket since it was opened, modulo 2^32. Linux.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<std::uint32_t> dropped_total() const noexcept {
    return load_u32(field::dropped_total);
  }

  // Where the datagram was sent to before a transparent proxy's rule redirected it. Linux.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<socket_address>
  original_destination() const noexcept {
    if (!has(field::original_destination))
      return std::nullopt;
    return load_original_destination();
  }

  // The address of this host that would answer (ipi_spec_dst). It differs from the destination for
  // broadcast and multicast. Empty where it is 0.0.0.0. Linux, IPv4.
  constexpr std::optional<ip_address> local_address() const noexcept;

  // Opaque bytes in the control buffer, an empty span when absent or empty: present() tells.
  // Windows.
  constexpr std::span<const std::byte> redirect_records() const noexcept {
    return load_opaque(field::redirect_records);
  }
  constexpr std::span<const std::byte> redirect_context() const noexcept {
    return load_opaque(field::redirect_context);
  }

  // The fields whose accessors have a value.
  constexpr field_set present() const noexcept;

  // The fields that a message came for, whether or not its value can be right: present() without a
  // look at the values.
  constexpr field_set reported() const noexcept {
    field_set fields = field_set::from_bits(index_.state);
    if (!is_windows(layout()) && fields.contains(field::interface_index))
      fields.insert(field::receive_interface);
    return fields;
  }

  // The first thing that was wrong with the buffer. A message of a bad length ends the walk; what
  // was found before it stays.
  constexpr control_error error() const noexcept { return {index_.error, index_.error_offset}; }

  // Messages for a field that an earlier one had given. A dual-stack Linux socket gives two
  // destinations for each IPv4 datagram when it was asked for both kinds.
  constexpr std::uint32_t duplicate_count() const noexcept { return index_.duplicate_count; }

  // Messages of a type that this library does not know; unknown_messages() has them.
  constexpr std::uint32_t unknown_count() const noexcept { return index_.unknown_count; }

  // Those messages, as a single-pass range of control_message. Walks the buffer again.
  constexpr unknown_message_range unknown_messages() const noexcept;

  // The buffer that this is a view of, and its layout.
  constexpr std::span<const std::byte> control() const noexcept { return control_; }
  constexpr layout_id layout() const noexcept { return index_.layout; }

  // A copy that outlives the buffer. Include metadata.hpp to use it.
  constexpr metadata to_metadata() const noexcept;

private:
  template <control_layout Layout>
  friend class detail::header_sequence;

  // The index of another buffer with the same headers.
  constexpr metadata_view(std::span<const std::byte> control,
                          const detail::control_index& index) noexcept
      : control_(control), index_(index) {}

  ANCILLARY_ALWAYS_INLINE constexpr bool has(field what) const noexcept {
    return (index_.state & detail::state_bits::of(what)) != 0;
  }
  ANCILLARY_ALWAYS_INLINE constexpr const std::byte* at(field what) const noexcept {
    return control_.data() + index_.offset_of(what);
  }
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<std::uint32_t>
  load_u32(field what) const noexcept {
    if (!has(what))
      return std::nullopt;
    return detail::load_little<std::uint32_t>(at(what));
  }
  ANCILLARY_ALWAYS_INLINE constexpr int load_octet(field what,
                                                   std::uint32_t octet_bit) const noexcept;
  constexpr std::optional<ip_address> load_destination_v6() const noexcept;
  constexpr std::optional<ancillary::timestamp> load_timestamp() const noexcept;
  constexpr socket_address load_original_destination() const noexcept;
  constexpr std::span<const std::byte> load_opaque(field what) const noexcept;

  std::span<const std::byte> control_;
  detail::control_index index_;
};

static_assert(sizeof(metadata_view) <= 64 && std::is_trivially_copyable_v<metadata_view>);

// The messages of a buffer whose type its layout does not know. Valid as long as the buffer.
class unknown_message_range {
public:
  constexpr unknown_message_range(layout_id layout, std::span<const std::byte> control) noexcept
      : cursor_(layout, control), layout_(layout) {}

  constexpr std::optional<control_message> next() noexcept {
    auto message = cursor_.next();
    while (message && with_layout(layout_, [&](auto layout) {
             return detail::is_known<decltype(layout)>({message->level, message->type});
           })) {
      message = cursor_.next();
    }
    return message;
  }

  constexpr auto begin() noexcept { return detail::cursor_iterator<unknown_message_range>{*this}; }
  constexpr std::default_sentinel_t end() const noexcept { return {}; }

private:
  any_control_cursor cursor_;
  layout_id layout_;
};

// Negative where there is none or it is above 255. Compilers make less of an optional here.
constexpr int metadata_view::load_octet(field what, std::uint32_t octet_bit) const noexcept {
  if (!has(what))
    return -1;
  if ((index_.state & octet_bit) == 0 && detail::load_little<std::uint32_t>(at(what)) > 0xff)
      [[unlikely]]
    return -1;
  return std::to_integer<int>(*at(what));
}

// The address is made in place: a copy of its 17 bytes straight after they were written in pieces
// would wait for those writes.
constexpr std::optional<ip_address> metadata_view::destination() const noexcept {
  if (!has(field::destination))
    return std::nullopt;
  if ((index_.state & detail::state_bits::destination_v6) != 0)
    return load_destination_v6();
  return std::optional<ip_address>(std::in_place, detail::load_octets<4>(at(field::destination)));
}

constexpr std::optional<ip_address> metadata_view::load_destination_v6() const noexcept {
  const std::byte* const octets = at(field::destination);
  if (detail::is_v4_mapped(octets))
    return std::optional<ip_address>(std::in_place, detail::load_octets<4>(octets + 12));
  return std::optional<ip_address>(std::in_place, detail::load_octets<16>(octets));
}

constexpr std::optional<ecn_codepoint> metadata_view::ecn() const noexcept {
  namespace bits = detail::state_bits;
  if (!has(field::ecn)) {
    const int octet = load_octet(field::traffic_class, bits::traffic_class_octet);
    if (octet < 0)
      return std::nullopt;
    return static_cast<ecn_codepoint>(octet & 3);
  }
  const int value = load_octet(field::ecn, bits::ecn_octet);
  if (value < 0 || value > 3)
    return std::nullopt;
  return static_cast<ecn_codepoint>(value);
}

constexpr std::optional<ancillary::timestamp> metadata_view::load_timestamp() const noexcept {
  namespace bits = detail::state_bits;
  const std::byte* const datum = at(field::timestamp);
  if ((index_.state & bits::timestamp_ticks) != 0) {
    const auto ticks = static_cast<std::int64_t>(detail::load_little<std::uint64_t>(datum));
    if (ticks == 0)
      return std::nullopt;
    return ancillary::timestamp{timestamp_clock::performance_counter, ticks};
  }
  const bool narrow = (index_.state & bits::timestamp_32) != 0;
  if ((index_.state & bits::timestamp_triple) != 0) {
    const std::int64_t hardware = detail::load_timespec(datum + (narrow ? 16 : 32), narrow);
    if (hardware != 0)
      return ancillary::timestamp{timestamp_clock::hardware, hardware};
  }
  const std::int64_t software = detail::load_timespec(datum, narrow);
  if (software == 0)
    return std::nullopt;
  return ancillary::timestamp{timestamp_clock::realtime, software};
}

constexpr socket_address metadata_view::load_original_destination() const noexcept {
  const std::byte* const datum = at(field::original_destination);
  const std::uint16_t port = detail::load_network_16(datum + 2);
  if ((index_.state & detail::state_bits::original_destination_v6) == 0) {
    return socket_address{ip_address::v4(detail::load_octets<4>(datum + 4)), port};
  }
  return socket_address{ip_address::v6(detail::load_octets<16>(datum + 8)).unmapped(), port};
}

constexpr std::optional<ip_address> metadata_view::local_address() const noexcept {
  if ((index_.state & detail::state_bits::local_address) == 0) {
    return std::nullopt;
  }
  // Before the destination that came with it, unless that had come already.
  const bool apart = (index_.state & detail::state_bits::destination_v6) != 0;
  const std::size_t offset = apart ? index_.offsets[detail::control_index::local_address_slot]
                                   : index_.offset_of(field::destination) - 4;
  const auto octets = detail::load_octets<4>(control_.data() + offset);
  if (octets == ip_address::v4_octets{})
    return std::nullopt;
  return std::optional<ip_address>(std::in_place, octets);
}

constexpr std::span<const std::byte> metadata_view::load_opaque(field what) const noexcept {
  if (!has(what))
    return {};
  // The walk has checked the length that stands before the data.
  const std::size_t word = word_bytes(layout());
  const std::byte* const header = at(what) - word - 8;
  const std::uint64_t length = word == 8 ? detail::load_little<std::uint64_t>(header)
                                         : detail::load_little<std::uint32_t>(header);
  return {at(what), static_cast<std::size_t>(length) - word - 8};
}

constexpr field_set metadata_view::present() const noexcept {
  field_set fields = field_set::from_bits(index_.state);
  // Of these a message can be there without a value, or a value without a message of its own.
  if (fields.contains(field::hop_limit) && !hop_limit())
    fields.erase(field::hop_limit);
  if (fields.contains(field::timestamp) && !timestamp())
    fields.erase(field::timestamp);
  if (fields.contains(field::traffic_class) && !traffic_class())
    fields.erase(field::traffic_class);
  if (ecn()) {
    fields.insert(field::ecn);
  } else {
    fields.erase(field::ecn);
  }
  if (!is_windows(layout()) && fields.contains(field::interface_index)) {
    fields.insert(field::receive_interface);
  }
  return fields;
}

constexpr unknown_message_range metadata_view::unknown_messages() const noexcept {
  return {layout(), error().reason == control_error_reason::buffer_too_large
                        ? std::span<const std::byte>{}
                        : control_};
}

std::ostream& operator<<(std::ostream& out, const metadata_view& view);

} // namespace ancillary
