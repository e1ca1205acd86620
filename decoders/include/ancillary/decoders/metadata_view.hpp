#pragma once

#include "ancillary/decoders/control_cursor.hpp"
#include "ancillary/decoders/detail/always_inline.hpp"
#include "ancillary/decoders/detail/control_index.hpp"
#include "ancillary/decoders/export.hpp"
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

// The decoded metadata of a control buffer, without a copy: the buffer, and an index of where each
// known field lies, built by one checked walk. An accessor loads its field on each call. The buffer
// may hold any bytes; no accessor reads outside it.
//
// Valid as long as the buffer. Cheap to copy, no allocation. Concurrent reads of one view are safe.
//
// A field that the system did not report is std::nullopt, never zero; so is a field with an invalid
// value (a hop limit above 255). If two messages carry one field, the first is used and the others
// are counted.
class metadata_view {
public:
  // No buffer and no fields.
  constexpr metadata_view() noexcept : index_(layouts::native::id) {}

  // Walks `control` in the given layout: metadata_view(layouts::native{}, bytes).
  template <control_layout Layout>
  constexpr metadata_view(Layout, std::span<const std::byte> control) noexcept
      : control_(control), index_(Layout::id) {
    index_.template fill<Layout>(control.data(), control.size());
  }

  // The same for a layout known only at run time.
  ANCILLARY_DECODERS_API metadata_view(layout_id layout,
                                       std::span<const std::byte> control) noexcept;

  // The destination address of the datagram. An IPv4-mapped IPv6 address is returned as the IPv4
  // address, so that a dual-stack socket reports the same on every system.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<ip_address> destination() const noexcept;

  // The interface index that is reported together with the destination.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<std::uint32_t> interface_index() const noexcept {
    return load_u32(field::interface_index);
  }

  // The index of the interface that received the datagram. On Linux, which has no message for it,
  // interface_index().
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<std::uint32_t>
  receive_interface() const noexcept {
    return is_windows(layout()) ? load_u32(field::receive_interface) : interface_index();
  }

  // The index of the interface where the datagram arrived before a tunnel forwarded it. Windows.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<std::uint32_t>
  original_arrival_interface() const noexcept {
    return load_u32(field::original_arrival_interface);
  }

  // IPv4 TTL or IPv6 hop limit, as received. nullopt if above 255.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<std::uint8_t> hop_limit() const noexcept {
    const int value = load_octet(field::hop_limit, detail::state_bits::hop_limit_octet);
    if (value < 0)
      return std::nullopt;
    return static_cast<std::uint8_t>(value);
  }

  // IPv4 TOS or IPv6 traffic class. nullopt if above 255.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<ancillary::traffic_class>
  traffic_class() const noexcept {
    const int value = load_octet(field::traffic_class, detail::state_bits::traffic_class_octet);
    if (value < 0)
      return std::nullopt;
    return ancillary::traffic_class{static_cast<std::uint8_t>(value)};
  }

  // From the ECN message (Windows) if there is one, else the low two bits of the traffic class.
  // nullopt if the value of the ECN message is above 3.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<ecn_codepoint> ecn() const noexcept;

  // Bytes of each datagram in a coalesced buffer, except possibly the last. See `segments`.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<std::uint32_t> segment_bytes() const noexcept {
    return load_u32(field::segment_bytes);
  }

  // When the network stack received the datagram: the software timestamp of SO_TIMESTAMPNS or
  // SO_TIMESTAMP, or else of SO_TIMESTAMPING (Linux); the performance counter (Windows). Never the
  // hardware timestamp. nullopt if zero.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<ancillary::timestamp> timestamp() const noexcept {
    if (!has(field::timestamp))
      return std::nullopt;
    return load_timestamp();
  }

  // When the network device received the datagram, by the device's clock: the raw hardware
  // timestamp of SO_TIMESTAMPING. nullopt if zero: the device stamps only some datagrams, or none.
  // Independent of timestamp(); a datagram may have both. Linux. On Windows the adapter's
  // timestamp, if it is configured for any, arrives as timestamp().
  constexpr std::optional<ancillary::timestamp> hardware_timestamp() const noexcept;

  // The device that made the hardware timestamp, and the packet's length there
  // (SOF_TIMESTAMPING_OPT_PKTINFO, which the caller enables). Linux.
  constexpr std::optional<timestamp_origin> hardware_timestamp_origin() const noexcept;

  // Datagrams that the kernel dropped on this socket since it was opened, modulo 2^32. Linux.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<std::uint32_t> dropped_total() const noexcept {
    return load_u32(field::dropped_total);
  }

  // The destination and port in the packet as it reaches the socket (IP_RECVORIGDSTADDR). With
  // TPROXY, which leaves the packet as it was, that is what the client sent to. A NAT rule (DNAT,
  // REDIRECT) rewrites the packet first: then it is the address after the translation. Linux.
  ANCILLARY_ALWAYS_INLINE constexpr std::optional<socket_address>
  original_destination() const noexcept {
    if (!has(field::original_destination))
      return std::nullopt;
    return load_original_destination();
  }

  // The local address for a reply (ipi_spec_dst), which differs from the destination for broadcast
  // and multicast. nullopt if it is 0.0.0.0. Linux, IPv4 only.
  constexpr std::optional<ip_address> local_address() const noexcept;

  // Opaque bytes in the control buffer; empty if absent. present() tells an absent field from an
  // empty one. Windows.
  constexpr std::span<const std::byte> redirect_records() const noexcept {
    return load_opaque(field::redirect_records);
  }
  // Like redirect_records().
  constexpr std::span<const std::byte> redirect_context() const noexcept {
    return load_opaque(field::redirect_context);
  }

  // The fields whose accessors return a value.
  constexpr field_set present() const noexcept;

  // The fields for which a message arrived, whether or not its value is valid: like present(), but
  // without reading the values.
  constexpr field_set reported() const noexcept {
    field_set fields = field_set::from_bits(index_.state);
    if (!is_windows(layout()) && fields.contains(field::interface_index))
      fields.insert(field::receive_interface);
    if (fields.contains(field::traffic_class))
      fields.insert(field::ecn);
    return fields;
  }

  // The first error in the buffer. An invalid message length ends the walk; fields found before it
  // remain available.
  constexpr control_error error() const noexcept { return {index_.error, index_.error_offset}; }

  // Messages for a field that an earlier message already carried. The second packet info of an IPv4
  // datagram on a dual-stack Linux socket is none of them: it brings local_address().
  constexpr std::uint32_t duplicate_count() const noexcept { return index_.duplicate_count; }

  // Messages whose type this library does not know; unknown_messages() returns them.
  constexpr std::uint32_t unknown_count() const noexcept { return index_.unknown_count; }

  // The unknown messages, as a single-pass range of control_message. Walks the buffer again.
  constexpr unknown_message_range unknown_messages() const noexcept;

  // The underlying buffer and its layout.
  constexpr std::span<const std::byte> control() const noexcept { return control_; }
  // The layout in which the buffer was decoded.
  constexpr layout_id layout() const noexcept { return index_.layout; }

  // A copy that does not need the buffer. Requires metadata.hpp.
  constexpr metadata to_metadata() const noexcept;

private:
  template <control_layout Layout>
  friend class detail::header_sequence;

  // Applies the index of another buffer that has the same headers.
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

ANCILLARY_DECODERS_API std::ostream& operator<<(std::ostream& out, const metadata_view& view);

} // namespace ancillary

#include "ancillary/decoders/detail/metadata_view_impl.hpp"
