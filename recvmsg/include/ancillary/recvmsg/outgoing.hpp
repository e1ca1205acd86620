// A datagram to be sent, and what is to stand in its IP header.
#pragma once

#include <ancillary/decoders/fields.hpp>

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ancillary {

class packet;

// Where a member says nothing the socket's own setting counts, or else the system's choice.
struct outgoing {
  // The caller's bytes, which must stay until the datagram was sent.
  std::span<const std::byte> payload = {};

  // On an IPv6 socket an IPv4 peer may be given plainly or v4-mapped.
  asio::ip::udp::endpoint remote = {};

  // The address to send from: one of this host's, of the remote's family.
  std::optional<ip_address> source = {};

  // The interface to leave by; 0: as the routes say. IPv4 on Linux takes an interface for which
  // there is no route to mean that the peer is on its link. IPv6 on Linux obeys it for link-local
  // and multicast remotes and for datagrams without `source`; for others the best route decides,
  // and rules of routing see the interface (`ip -6 rule add oif eth1 table 7`).
  std::uint32_t interface_index = 0;

  // IPv4 TTL, IPv6 hop limit.
  std::optional<std::uint8_t> hop_limit = {};

  // DSCP and ECN together.
  std::optional<ancillary::traffic_class> traffic_class = {};

  // ECN; goes before that of `traffic_class`. Alone, it makes the DSCP 0 on Linux. Windows refuses
  // ecn_codepoint::ce.
  std::optional<ecn_codepoint> ecn = {};

  // Above 0: the payload is cut into datagrams of this size, the last may be shorter. The network
  // device or the system does it where it can (UDP_SEGMENT, UDP_SEND_MSG_SIZE), else the library.
  // At most 65,507 bytes of payload and 64 datagrams.
  std::uint32_t segment_bytes = 0;
};

// How a reply differs from one that is sent by the address and interface its request came to.
struct reply_options {
  std::optional<std::uint8_t> hop_limit = {};

  // Those of the request may be given as they came. A reply never asks for "congestion experienced"
  // (CE), which is the network's to say: it leaves as ECT(0), since a request that was marked came
  // from a peer that knows ECN (RFC 3168, 5). What the mark means for the peer goes into the
  // payload.
  std::optional<ancillary::traffic_class> traffic_class = {};
  std::optional<ecn_codepoint> ecn = {};

  // False: from the address that the route has. A client that checks who answers drops such a reply
  // when it asked another of this host's addresses.
  bool keep_source = true;

  // False: by the interface that the routes say, where requests come in by one way and replies
  // leave by another. Link-local addresses keep theirs.
  bool keep_interface = true;
};

// What becomes of replies when the socket's send buffer is full.
enum class full_send_buffer : std::uint8_t {
  drop, // they are dropped and counted
  wait, // receiving pauses until they have left: the receive buffer fills, senders get slower
};

// The reply to a datagram: to its sender, from the address and by the interface that it came to. A
// multicast group or a broadcast address is no source: then `source` stays empty, for which the
// system puts this host's address on that interface. Needs field::destination among the granted
// fields; without it the source stays empty and the routes decide.
[[nodiscard]] outgoing reply_to(const packet& request, std::span<const std::byte> payload,
                                const reply_options& options = {}) noexcept;

} // namespace ancillary
