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
    if (fields.contains(field::traffic_class))
      fields.insert(field::ecn);
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

std::ostream& operator<<(std::ostream& out, const metadata_view& view);

} // namespace ancillary

#include "ancillary/decoders/detail/metadata_view_impl.hpp"
