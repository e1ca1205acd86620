// Decodes the control data of a socket's error queue: which error the network or this host reported
// for a datagram that the socket had sent.
#pragma once

#include "ancillary/decoders/export.hpp"
#include "ancillary/decoders/ip_address.hpp"
#include "ancillary/decoders/layout.hpp"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ancillary {

// Who reported an error.
enum class error_origin : std::uint8_t {
  local,  // this host
  icmp,   // a router or the remote host, by ICMP (RFC 792)
  icmpv6, // a router or the remote host, by ICMPv6 (RFC 4443)
  other,  // something else: Linux also queues transmit timestamps and zero-copy completions
};

ANCILLARY_DECODERS_API std::string_view to_string(error_origin origin) noexcept; // "ICMP"
ANCILLARY_DECODERS_API std::ostream& operator<<(std::ostream& out, error_origin origin);

// One entry of the error queue: sock_extended_err on Linux (linux/errqueue.h), IN_RECVERR on
// Windows (ws2ipdef.h).
//
// ICMP messages can be forged. For a socket that is not connected, Linux checks only that the
// quoted sender is the socket's address and port; the quoted remote address may be any. Before
// acting on an error, compare the quoted payload with what was sent (RFC 5927; RFC 8899, 4.6.1).
struct transport_error {
  // Who reported the error.
  error_origin origin = error_origin::other;
  std::uint8_t type = 0;                // of the ICMP message; 0 for other origins
  std::uint8_t code = 0;                // of the ICMP message; 0 for other origins
  std::uint32_t info = 0;               // its meaning depends on the error; see mtu()
  std::int32_t system_code = 0;         // Linux: an errno number; Windows: 0
  std::optional<ip_address> offender{}; // the source of the ICMP message; Linux

  // The MTU of the next hop in bytes, with IP header, if the datagram was too long for it, or too
  // long for any. Absent for other errors, and if a router did not report it (RFC 1191, 5).
  constexpr std::optional<std::uint32_t> mtu() const noexcept;

  friend constexpr bool operator==(const transport_error&, const transport_error&) = default;
};

// Decodes the first such message of a control buffer with any contents, as recvmsg() returns it
// with MSG_ERRQUEUE. nullopt if there is none, or only one that is too short.
template <control_layout Layout>
constexpr std::optional<transport_error>
decode_transport_error(Layout layout, std::span<const std::byte> control) noexcept;

// The same for a layout known only at run time.
constexpr std::optional<transport_error>
decode_transport_error(layout_id layout, std::span<const std::byte> control) noexcept;

// "port unreachable (ICMP type 3, code 3, from 192.0.2.1)"
ANCILLARY_DECODERS_API std::string to_string(const transport_error& error);
ANCILLARY_DECODERS_API std::ostream& operator<<(std::ostream& out, const transport_error& error);

} // namespace ancillary

#include "ancillary/decoders/detail/transport_error_impl.hpp"
