#pragma once

#include "ancillary/decoders/export.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <gsl/assert>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace ancillary {

// IPv4 or IPv6.
enum class ip_family : std::uint8_t { v4, v6 };

// An IPv4 or IPv6 address: a value of 17 bytes, without a scope ID. IPv4 addresses order before
// IPv6 addresses, then addresses order by their bytes.
class ip_address {
public:
  // The octets of an IPv4 address, in network byte order.
  using v4_octets = std::array<std::uint8_t, 4>;
  // The octets of an IPv6 address, in network byte order.
  using v6_octets = std::array<std::uint8_t, 16>;

  // 0.0.0.0
  constexpr ip_address() noexcept = default;

  // The octets in network byte order.
  constexpr explicit ip_address(v4_octets octets) noexcept
      : octets_{octets[0], octets[1], octets[2], octets[3]} {}
  constexpr explicit ip_address(v6_octets octets) noexcept : length_(16), octets_(octets) {}

  // The same as a named function: v4({127, 0, 0, 1}).
  static constexpr ip_address v4(v4_octets octets) noexcept { return ip_address(octets); }
  // The same for IPv6.
  static constexpr ip_address v6(v6_octets octets) noexcept { return ip_address(octets); }

  // Parses "192.0.2.1", "2001:db8::1" or "::ffff:192.0.2.1" (RFC 4291, 2.2); nullopt for any other
  // text, also for an address with a zone ("fe80::1%eth0").
  ANCILLARY_DECODERS_API static std::optional<ip_address>
  from_string(std::string_view text) noexcept;

  // Converts the system's in_addr or in6_addr, which hold the octets in network byte order.
  template <class InAddr>
  requires(std::is_trivially_copyable_v<InAddr> &&
           (sizeof(InAddr) == 4 || sizeof(InAddr) == 16)) static ip_address
      from_in_addr(const InAddr& address) noexcept {
    using octets = std::conditional_t<sizeof(InAddr) == 4, v4_octets, v6_octets>;
    return ip_address(std::bit_cast<octets>(address));
  }
  // Converts back: an IPv4 address to in_addr, an IPv6 address to in6_addr.
  template <class InAddr>
  requires(std::is_trivially_copyable_v<InAddr> &&
           (sizeof(InAddr) == 4 || sizeof(InAddr) == 16)) InAddr to_in_addr()
  const noexcept {
    if constexpr (sizeof(InAddr) == 4) {
      return std::bit_cast<InAddr>(to_v4_bytes());
    } else {
      return std::bit_cast<InAddr>(to_v6_bytes());
    }
  }

  // Whether it is an IPv4 address; a mapped one is not.
  constexpr bool is_v4() const noexcept { return length_ == 4; }
  // Whether it is an IPv6 address, mapped or not.
  constexpr bool is_v6() const noexcept { return length_ == 16; }

  // The 4 or 16 octets in network byte order. Valid as long as this object.
  constexpr std::span<const std::uint8_t> bytes() const noexcept {
    return {octets_.data(), length_};
  }

  // Only for an IPv4 address.
  constexpr v4_octets to_v4_bytes() const noexcept {
    Expects(is_v4());
    return {octets_[0], octets_[1], octets_[2], octets_[3]};
  }

  // Only for an IPv6 address.
  constexpr v6_octets to_v6_bytes() const noexcept {
    Expects(is_v6());
    return octets_;
  }

  // 224.0.0.0/4 (RFC 5771) or ff00::/8 (RFC 4291, 2.7). False for a mapped IPv4 address; see
  // unmapped().
  constexpr bool is_multicast() const noexcept {
    return is_v4() ? (octets_[0] & 0xf0) == 0xe0 : octets_[0] == 0xff;
  }

  // 169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291, 2.5.6)
  constexpr bool is_link_local() const noexcept {
    return is_v4() ? octets_[0] == 169 && octets_[1] == 254
                   : octets_[0] == 0xfe && (octets_[1] & 0xc0) == 0x80;
  }

  // 127.0.0.0/8 (RFC 1122, 3.2.1.3) or ::1
  constexpr bool is_loopback() const noexcept {
    return is_v4() ? octets_[0] == 127
                   : octets_ == v6_octets{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  }

  // 0.0.0.0 or ::
  constexpr bool is_unspecified() const noexcept { return octets_ == v6_octets{}; }

  // 255.255.255.255, which is never forwarded (RFC 919). A directed broadcast address cannot be
  // recognized by its bits alone.
  constexpr bool is_limited_broadcast() const noexcept {
    return is_v4() && to_v4_bytes() == v4_octets{255, 255, 255, 255};
  }

  // "::ffff:a.b.c.d" (RFC 4291, 2.5.5.2), which a dual-stack socket uses for IPv4 peers.
  constexpr bool is_v4_mapped() const noexcept {
    if (is_v4())
      return false;
    for (std::size_t i = 0; i != mapped_prefix.size(); ++i) {
      if (octets_[i] != mapped_prefix[i])
        return false;
    }
    return true;
  }

  // The IPv4 address of a mapped address; any other address unchanged.
  constexpr ip_address unmapped() const noexcept {
    return is_v4_mapped() ? v4({octets_[12], octets_[13], octets_[14], octets_[15]}) : *this;
  }

  // The mapped form of an IPv4 address; any other address unchanged.
  constexpr ip_address mapped() const noexcept {
    if (is_v6())
      return *this;
    return v6(
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, octets_[0], octets_[1], octets_[2], octets_[3]});
  }

  friend constexpr bool operator==(const ip_address&, const ip_address&) = default;
  friend constexpr auto operator<=>(const ip_address&, const ip_address&) = default;

private:
  static constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0,   0,
                                                              0, 0, 0, 0, 255, 255};

  std::uint8_t length_ = 4;
  v6_octets octets_{}; // zero beyond length_
};

// The address's family. A mapped IPv4 address is in IPv6.
constexpr ip_family family_of(const ip_address& address) noexcept {
  return address.is_v4() ? ip_family::v4 : ip_family::v6;
}

// An address and a port. The port is in host byte order.
struct socket_address {
  // The address, without a scope ID.
  ip_address address;
  // In host byte order.
  std::uint16_t port = 0;

  // Converts a sockaddr_in or sockaddr_in6 of this system, as recvfrom() and getaddrinfo() return
  // it; nullopt for another family or too few bytes. The scope ID of an IPv6 address is dropped.
  //   socket_address::from_sockaddr(std::as_bytes(std::span(&storage, 1)))
  ANCILLARY_DECODERS_API static std::optional<socket_address>
  from_sockaddr(std::span<const std::byte> bytes) noexcept;

  // Writes a sockaddr_in (16 bytes) or sockaddr_in6 (28 bytes) of this system, for connect() and
  // sendto(), and returns its size. Returns 0 and writes nothing if `bytes` is too small.
  ANCILLARY_DECODERS_API std::size_t to_sockaddr(std::span<std::byte> bytes) const noexcept;

  friend constexpr bool operator==(const socket_address&, const socket_address&) = default;
  friend constexpr auto operator<=>(const socket_address&, const socket_address&) = default;
};

// The length of the longest address text.
inline constexpr std::size_t ip_address_chars = 45;

// Like std::to_chars: writes the text of an address (RFC 5952 for IPv6) without a terminating zero.
// If it does not fit, ec is value_too_large, ptr is `last` and the contents are unspecified.
ANCILLARY_DECODERS_API std::to_chars_result to_chars(char* first, char* last,
                                                     const ip_address& address) noexcept;

ANCILLARY_DECODERS_API std::string
to_string(const ip_address& address); // "192.0.2.1", "2001:db8::1"
ANCILLARY_DECODERS_API std::string
to_string(const socket_address& endpoint); // "192.0.2.1:53", "[2001:db8::1]:53"

ANCILLARY_DECODERS_API std::ostream& operator<<(std::ostream& out, const ip_address& address);
ANCILLARY_DECODERS_API std::ostream& operator<<(std::ostream& out, const socket_address& endpoint);

} // namespace ancillary

// For unordered containers.
template <>
struct std::hash<ancillary::ip_address> {
  // Equal addresses have equal hashes.
  ANCILLARY_DECODERS_API std::size_t
  operator()(const ancillary::ip_address& address) const noexcept;
};

// For unordered containers.
template <>
struct std::hash<ancillary::socket_address> {
  // Equal addresses with equal ports have equal hashes.
  ANCILLARY_DECODERS_API std::size_t
  operator()(const ancillary::socket_address& endpoint) const noexcept;
};
