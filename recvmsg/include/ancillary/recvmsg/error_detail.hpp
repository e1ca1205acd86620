// Which sent datagram an error belongs to.
#pragma once

#include <ancillary/decoders/ip_address.hpp>
#include <ancillary/decoders/transport_error.hpp>

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <optional>
#include <span>

namespace ancillary {

// An entry of the socket's error queue: a datagram that the socket sent earlier, and the error that
// the network or this host reported for it. See receive_options::error_detail.
struct error_detail {
  // The destination of the datagram, in the form of packet::remote(). Linux: for a local error, a
  // link-local address lacks its scope, and an unconnected IPv4 socket reports port 0; unspecified
  // for an entry that is not an error. Windows: not documented, so it may be the offender's
  // address.
  asio::ip::udp::endpoint remote{};

  // Who reported the error, and which one it is.
  transport_error cause{};

  // The local address that the datagram was sent from; only for ICMP errors, and if
  // field::destination was granted.
  std::optional<ip_address> source{};

  // The first bytes of the datagram, as far as the ICMP message quotes them, 512 at most. RFC 792
  // requires none of the payload; most routers quote more.
  std::span<const std::byte> payload{};
};

} // namespace ancillary
