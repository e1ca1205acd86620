#pragma once

#include "ancillary/decoders/fields.hpp"
#include "ancillary/decoders/layout.hpp"

#include <cstddef>
#include <cstdint>

// Which field each control message carries, where in its data, and how much data that takes.
namespace ancillary::detail {

// What is known of a field besides its offset, one bit each above those of the fields themselves.
namespace state_bits {
inline constexpr std::uint32_t fields = (std::uint32_t{1} << field_count) - 1;
inline constexpr std::uint32_t local_address = 1u << 13;
inline constexpr std::uint32_t destination_v6 = 1u << 14;
inline constexpr std::uint32_t hop_limit_octet = 1u << 15; // one byte, not four
inline constexpr std::uint32_t traffic_class_octet = 1u << 16;
inline constexpr std::uint32_t ecn_octet = 1u << 17;
inline constexpr std::uint32_t original_destination_v6 = 1u << 18;
inline constexpr std::uint32_t timestamp_ticks = 1u << 19;  // UINT64 of the performance counter
inline constexpr std::uint32_t timestamp_32 = 1u << 20;     // seconds and nanoseconds of 32 bits
inline constexpr std::uint32_t timestamp_triple = 1u << 21; // software, unused, raw hardware

constexpr std::uint32_t of(field what) noexcept {
  return std::uint32_t{1} << static_cast<unsigned>(what);
}
} // namespace state_bits

// A datum of a fixed size at an offset in the data.
template <field What, std::size_t NeededBytes, std::uint32_t Kind = 0, std::size_t Offset = 0>
struct datum_message {};

// An integer of four bytes, or of one where a system sends it so; the shorter form sets OctetBit.
template <field What, std::uint32_t OctetBit>
struct octet_or_int_message {};

// Destination and interface index, and on Linux the local address.
template <std::size_t NeededBytes, std::size_t Destination, std::size_t Interface,
          std::uint32_t Kind>
struct pktinfo_message {};

// Any number of bytes that only their receiver understands.
template <field What>
struct opaque_message {};

struct unknown_message {};

using hop_limit_message = octet_or_int_message<field::hop_limit, state_bits::hop_limit_octet>;
using traffic_class_message =
    octet_or_int_message<field::traffic_class, state_bits::traffic_class_octet>;
using ecn_message = octet_or_int_message<field::ecn, state_bits::ecn_octet>;

//      IN_PKTINFO (ws2ipdef.h)   0 address, 4 interface
//      IN6_PKTINFO               0 address, 16 interface
//      the _EX forms append a SCOPE_ID of 4 bytes
template <class Layout, class Take>
requires is_windows_layout<Layout>
constexpr auto visit_message(std::uint64_t key, Take&& take) noexcept {
  using is = windows_messages;
  switch (key) {
  case is::pktinfo_v4.key():
  case is::pktinfo_ex_v4.key():
    return take(pktinfo_message<8, 0, 4, 0>{});
  case is::pktinfo_v6.key():
  case is::pktinfo_ex_v6.key():
    return take(pktinfo_message<20, 0, 16, state_bits::destination_v6>{});
  case is::receive_interface_v4.key():
  case is::receive_interface_v6.key():
    return take(datum_message<field::receive_interface, 4>{});
  case is::original_arrival_v4.key():
  case is::original_arrival_v6.key():
    return take(datum_message<field::original_arrival_interface, 4>{});
  case is::hop_limit_v4.key():
  case is::old_hop_limit_v4.key():
  case is::hop_limit_v6.key():
    return take(hop_limit_message{});
  case is::traffic_class_v4.key():
  case is::old_traffic_class_v4.key():
  case is::traffic_class_v6.key():
    return take(traffic_class_message{});
  case is::ecn_v4.key():
  case is::ecn_v6.key():
    return take(ecn_message{});
  case is::segment_bytes.key():
    return take(datum_message<field::segment_bytes, 4>{});
  case is::timestamp.key():
    return take(datum_message<field::timestamp, 8, state_bits::timestamp_ticks>{});
  case is::redirect_records_v4.key():
  case is::redirect_records_v6.key():
    return take(opaque_message<field::redirect_records>{});
  case is::redirect_context_v4.key():
  case is::redirect_context_v6.key():
    return take(opaque_message<field::redirect_context>{});
  default:
    return take(unknown_message{});
  }
}

//      in_pktinfo (linux/in.h)   0 interface, 4 local address, 8 destination
//      in6_pktinfo               0 destination, 16 interface
//      sockaddr_in               0 family, 2 port, 4 address, 8 zero
//      sockaddr_in6              0 family, 2 port, 4 flow, 8 address, 24 scope
template <class Layout, class Take>
requires(!is_windows_layout<Layout>) constexpr auto visit_message(std::uint64_t key,
                                                                  Take&& take) noexcept {
  using is = linux_messages;
  constexpr bool wide = Layout::word_bytes == 8;
  constexpr std::size_t old_timespec_bytes = wide ? 16 : 8;
  constexpr std::uint32_t old_timespec = wide ? 0 : state_bits::timestamp_32;
  switch (key) {
  case is::pktinfo_v4.key():
    return take(pktinfo_message<12, 8, 0, state_bits::local_address>{});
  case is::pktinfo_v6.key():
    return take(pktinfo_message<20, 0, 16, state_bits::destination_v6>{});
  case is::hop_limit_v4.key():
  case is::hop_limit_v6.key():
    return take(hop_limit_message{});
  case is::traffic_class_v4.key():
  case is::traffic_class_v6.key():
    return take(traffic_class_message{});
  case is::segment_bytes.key():
    return take(datum_message<field::segment_bytes, 4>{});
  case is::timestamp.key():
    return take(datum_message<field::timestamp, old_timespec_bytes, old_timespec>{});
  case is::timestamp_64.key():
    return take(datum_message<field::timestamp, 16>{});
  case is::timestamping.key():
    return take(datum_message<field::timestamp, 3 * old_timespec_bytes,
                              old_timespec | state_bits::timestamp_triple>{});
  case is::timestamping_64.key():
    return take(datum_message<field::timestamp, 48, state_bits::timestamp_triple>{});
  case is::dropped_total.key():
    return take(datum_message<field::dropped_total, 4>{});
  case is::original_destination_v4.key():
    return take(datum_message<field::original_destination, 8>{});
  case is::original_destination_v6.key():
    return take(
        datum_message<field::original_destination, 24, state_bits::original_destination_v6>{});
  default:
    return take(unknown_message{});
  }
}

template <class Layout>
constexpr bool is_known(message_type what) noexcept {
  return visit_message<Layout>(
      what.key(), []<class Row>(Row) { return !std::is_same_v<Row, unknown_message>; });
}

} // namespace ancillary::detail
