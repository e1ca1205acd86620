// A datagram to send, and the fields of its IP header.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/decoders/fields.hpp>

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ancillary {

class packet;

// Whether a datagram leaves by its interface; otherwise the routes choose one.
enum class interface_use : std::uint8_t {
  always,
  // Where source and routes may not lead back to the remote: for link-local addresses, for replies
  // to multicast and broadcast, if several interfaces have the source address or the remote's
  // subnet, and for an interface in a VRF (Linux). Never for a client on this host. Uses the host's
  // addresses as of the sender's construction or the first reply.
  where_needed,
  never, // except for link-local addresses
};

// An empty member leaves the choice to the socket's own setting or else to the system.
struct outgoing {
  // The caller's bytes, which must remain valid until the datagram is sent.
  std::span<const std::byte> payload = {};

  // On an IPv6 socket, an IPv4 peer may be given as IPv4 or as v4-mapped.
  asio::ip::udp::endpoint remote = {};

  // The source address: one of this host's, in the remote's family.
  std::optional<ip_address> source = {};

  // The outgoing interface; 0: as the routes decide. On Linux, IPv4 treats a peer without a route
  // on this interface as on-link. On Linux, IPv6 obeys the index for link-local and multicast
  // remotes and for datagrams without `source`; for others the best route decides, and routing
  // rules see the interface (`ip -6 rule add oif eth1 table 7`).
  std::uint32_t interface_index = 0;
  // Whether `interface_index` is used.
  interface_use by_interface = interface_use::always;

  // Set by reply_to(). The datagram is refused and counted (send_counters::refused) if the remote
  // is an unspecified, multicast or broadcast address, has port 0, or is an address of this host
  // with the socket's own port: the socket would answer itself without end. The host's addresses
  // are queried every 5 to 10 s; where the system does not give them, only the address that the
  // request came to is known. If the interface is gone or down, the datagram leaves without
  // it.
  bool is_reply = false;

  // IPv4 TTL, IPv6 hop limit.
  std::optional<std::uint8_t> hop_limit = {};

  // DSCP and ECN together.
  std::optional<ancillary::traffic_class> traffic_class = {};

  // ECN; overrides the ECN of `traffic_class`. Alone, it sets DSCP 0 on Linux, and on a Windows
  // that refuses IP_ECN. Windows refuses ecn_codepoint::ce.
  std::optional<ecn_codepoint> ecn = {};

  // Above 0: the payload is split into datagrams of this size; the last may be shorter. The adapter
  // or the system splits it if it can (UDP_SEGMENT, UDP_SEND_MSG_SIZE), else the library. At most
  // 65,507 bytes of payload and 64 datagrams.
  std::uint32_t segment_bytes = 0;
};

// How a reply differs from the default of reply_to().
struct reply_options {
  // IPv4 TTL, IPv6 hop limit.
  std::optional<std::uint8_t> hop_limit = {};

  // The request's value may be passed unchanged. A reply never sends "congestion experienced" (CE),
  // which is for the network to set: it leaves as ECT(0), since a marked request came from a peer
  // that supports ECN (RFC 3168, 5). Report the mark to the peer in the payload.
  std::optional<ancillary::traffic_class> traffic_class = {};
  // ECN; overrides the ECN of `traffic_class`.
  std::optional<ecn_codepoint> ecn = {};

  // False: the route chooses the source. A client that checks the sender then drops the reply if it
  // sent to another address of this host.
  bool keep_source = true;

  // Whether to use the interface where the request arrived. On Linux, `always` loses replies to
  // clients on this host, and IPv4 replies to clients without a route by that interface.
  interface_use by_interface = interface_use::where_needed;

  // Also sends replies that would be refused (see outgoing::is_reply).
  bool to_any_remote = false;
};

// What happens to replies if the socket's send buffer is full.
enum class full_send_buffer : std::uint8_t {
  drop, // drop and count them
  wait, // pause receiving until they are sent; meanwhile the receive buffer fills
};

// The reply to a datagram: to its sender, from its destination address. The interface is named only
// where it is needed:
//
//   the request was sent                              source         interface
//   to an address of this host                        that address   routes
//   to an address that several interfaces have        that address   the request's
//   by a neighbour in a subnet of several interfaces  that address   the request's
//   to or from a link-local IPv6 address              that address   the request's
//   to an interface in a VRF (Linux)                  that address   the request's
//   to a multicast group or a broadcast address       system         the request's
//   by a client on this host                          as above       routes
//
// Requires field::destination; without it, `source` stays empty and the routes decide.
[[nodiscard]] ANCILLARY_API outgoing reply_to(const packet& request,
                                              std::span<const std::byte> payload,
                                              const reply_options& options = {}) noexcept;

} // namespace ancillary
