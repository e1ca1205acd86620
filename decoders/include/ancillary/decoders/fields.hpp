#pragma once

#include "ancillary/decoders/export.hpp"
#include "ancillary/decoders/ip_address.hpp"

#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <iterator>
#include <string>
#include <string_view>

namespace ancillary {

// What the system can report about a datagram besides its payload and its sender.
enum class field : std::uint8_t {
  destination,                // destination address in the IP header
  interface_index,            // interface index reported with the destination
  receive_interface,          // interface that received the datagram
  original_arrival_interface, // interface before a tunnel or a weak-host move; Windows
  hop_limit,                  // IPv4 TTL, IPv6 hop limit, as received
  traffic_class,              // IPv4 TOS, IPv6 traffic class
  ecn,                        // the ECN bits of the traffic class
  segment_bytes,              // datagram size in a coalesced buffer
  timestamp,                  // time of reception by the network stack
  dropped_total,              // datagrams that the kernel has dropped on this socket; Linux
  original_destination,       // destination of a packet that a transparent proxy takes; Linux
  redirect_records,           // opaque data of a WFP redirection; Windows
  redirect_context,           // opaque data of a WFP redirection; Windows
  hardware_timestamp,         // time of reception by the network device's own clock; Linux
};

// The number of fields.
inline constexpr std::size_t field_count = 14;

// The enumerator's name: "hop_limit".
ANCILLARY_DECODERS_API std::string_view to_string(field what) noexcept;
ANCILLARY_DECODERS_API std::ostream& operator<<(std::ostream& out, field what);

// A set of fields, held as a bit mask.
class field_set {
public:
  class iterator;

  constexpr field_set() noexcept = default;
  // The fields in braces: `field_set{field::destination, field::hop_limit}`.
  constexpr field_set(std::initializer_list<field> fields) noexcept {
    for (const field what : fields)
      insert(what);
  }

  // Bit n stands for the field with value n; other bits are ignored.
  static constexpr field_set from_bits(std::uint32_t bits) noexcept {
    field_set set;
    set.bits_ = bits & all_bits;
    return set;
  }
  static constexpr field_set all() noexcept { return from_bits(all_bits); }
  // The set as a bit mask, for from_bits().
  constexpr std::uint32_t bits() const noexcept { return bits_; }

  // Whether the field, or each field of the other set, is in this set.
  constexpr bool contains(field what) const noexcept { return (bits_ & bit(what)) != 0; }
  constexpr bool contains(field_set other) const noexcept { return (other - *this).empty(); }
  // Whether no field is in the set.
  constexpr bool empty() const noexcept { return bits_ == 0; }
  // How many fields are in the set.
  constexpr std::size_t size() const noexcept {
    return static_cast<std::size_t>(std::popcount(bits_));
  }

  // Adds a field; adding it again has no effect.
  constexpr void insert(field what) noexcept { bits_ |= bit(what); }
  // Removes a field, if it is in the set.
  constexpr void erase(field what) noexcept { bits_ &= ~bit(what); }

  // Adds the fields of the other set.
  constexpr field_set& operator|=(field_set other) noexcept { return *this = *this | other; }
  // Keeps only the fields that are in the other set too.
  constexpr field_set& operator&=(field_set other) noexcept { return *this = *this & other; }
  // Removes the fields of the other set.
  constexpr field_set& operator-=(field_set other) noexcept { return *this = *this - other; }

  // The fields of either set.
  friend constexpr field_set operator|(field_set a, field_set b) noexcept {
    return from_bits(a.bits_ | b.bits_);
  }
  // The fields that are in both sets.
  friend constexpr field_set operator&(field_set a, field_set b) noexcept {
    return from_bits(a.bits_ & b.bits_);
  }
  // The fields of the first set that are not in the second.
  friend constexpr field_set operator-(field_set a, field_set b) noexcept {
    return from_bits(a.bits_ & ~b.bits_);
  }
  friend constexpr bool operator==(field_set, field_set) = default;

  // In the order of the enumeration.
  constexpr iterator begin() const noexcept;
  constexpr iterator end() const noexcept;

private:
  static constexpr std::uint32_t all_bits = (std::uint32_t{1} << field_count) - 1;
  static constexpr std::uint32_t bit(field what) noexcept {
    return std::uint32_t{1} << static_cast<unsigned>(what);
  }

  std::uint32_t bits_ = 0;
};

// Yields the fields of a set in the order of the enumeration.
class field_set::iterator {
public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = field;
  using difference_type = std::ptrdiff_t;
  using pointer = const field*;
  using reference = field;

  constexpr iterator() noexcept = default;
  // Begins with the lowest bit of a mask.
  constexpr explicit iterator(std::uint32_t rest) noexcept : rest_(rest) {}

  constexpr field operator*() const noexcept { return static_cast<field>(std::countr_zero(rest_)); }
  constexpr iterator& operator++() noexcept {
    rest_ &= rest_ - 1;
    return *this;
  }
  constexpr iterator operator++(int) noexcept {
    const iterator before = *this;
    ++*this;
    return before;
  }
  friend constexpr bool operator==(iterator, iterator) = default;

private:
  std::uint32_t rest_ = 0;
};

constexpr field_set::iterator field_set::begin() const noexcept { return iterator{bits_}; }
constexpr field_set::iterator field_set::end() const noexcept { return iterator{}; }

ANCILLARY_DECODERS_API std::string
to_string(field_set set); // "destination, hop_limit"; "nothing" when empty
ANCILLARY_DECODERS_API std::ostream& operator<<(std::ostream& out, field_set set);

// Explicit Congestion Notification, RFC 3168, 5.
enum class ecn_codepoint : std::uint8_t { not_ect = 0, ect1 = 1, ect0 = 2, ce = 3 };

ANCILLARY_DECODERS_API std::string_view to_string(ecn_codepoint codepoint) noexcept;
ANCILLARY_DECODERS_API std::ostream& operator<<(std::ostream& out, ecn_codepoint codepoint);

// The IPv4 type of service or IPv6 traffic class: 6 bits DSCP (RFC 2474), 2 bits ECN (RFC 3168).
struct traffic_class {
  // The whole octet.
  std::uint8_t value = 0;

  // The Differentiated Services codepoint, 0 to 63.
  constexpr std::uint8_t dscp() const noexcept { return static_cast<std::uint8_t>(value >> 2); }
  // The low two bits.
  constexpr ecn_codepoint ecn() const noexcept { return static_cast<ecn_codepoint>(value & 3); }

  friend constexpr bool operator==(traffic_class, traffic_class) = default;
};

ANCILLARY_DECODERS_API std::ostream& operator<<(std::ostream& out, traffic_class octet);

// What a timestamp counts.
enum class timestamp_clock : std::uint8_t {
  realtime,            // nanoseconds since the Unix epoch; Linux, software
  hardware,            // nanoseconds of the network device's clock; Linux
  performance_counter, // ticks of QueryPerformanceCounter; Windows. If the adapter is configured
                       // for hardware timestamps: of its clock, which the value does not show
};

ANCILLARY_DECODERS_API std::string_view to_string(timestamp_clock clock) noexcept;

// When a datagram was received. Values of different clocks are not comparable, nor are hardware
// timestamps of two devices.
struct timestamp {
  // The clock that made the value, and with it the value's unit.
  timestamp_clock clock = timestamp_clock::realtime;
  // Nanoseconds or ticks, by `clock`.
  std::int64_t value = 0;

  friend constexpr bool operator==(const timestamp&, const timestamp&) = default;
};

ANCILLARY_DECODERS_API std::ostream& operator<<(std::ostream& out, const timestamp& when);

// What the kernel says about a hardware timestamp (struct scm_ts_pktinfo, linux/net_tstamp.h): the
// device that made it, which with a bond, a bridge or a VLAN is not the interface of the socket,
// and the length of the packet there.
struct timestamp_origin {
  std::uint32_t interface_index = 0; // 0: the kernel does not know
  std::uint32_t packet_bytes = 0;    // with the link-layer header

  friend constexpr bool operator==(const timestamp_origin&, const timestamp_origin&) = default;
};

ANCILLARY_DECODERS_API std::ostream& operator<<(std::ostream& out, const timestamp_origin& origin);

} // namespace ancillary
