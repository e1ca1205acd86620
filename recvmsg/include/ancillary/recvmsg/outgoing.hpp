// A datagram to send, and the fields of its IP header.
#pragma once

#include <ancillary/decoders/fields.hpp>

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ancillary {

class packet;

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

  // IPv4 TTL, IPv6 hop limit.
  std::optional<std::uint8_t> hop_limit = {};

  // DSCP and ECN together.
  std::optional<ancillary::traffic_class> traffic_class = {};

  // ECN; overrides the ECN of `traffic_class`. Alone, it sets DSCP 0 on Linux. Windows refuses
  // ecn_codepoint::ce.
  std::optional<ecn_codepoint> ecn = {};

  // Above 0: the payload is split into datagrams of this size; the last may be shorter. The adapter
  // or the system splits it if it can (UDP_SEGMENT, UDP_SEND_MSG_SIZE), else the library. At most
  // 65,507 bytes of payload and 64 datagrams.
  std::uint32_t segment_bytes = 0;
};

// How a reply differs from the default, the address and interface where its request arrived.
struct reply_options {
  std::optional<std::uint8_t> hop_limit = {};

  // The request's value may be passed unchanged. A reply never sends "congestion experienced" (CE),
  // which is for the network to set: it leaves as ECT(0), since a marked request came from a peer
  // that supports ECN (RFC 3168, 5). Report the mark to the peer in the payload.
  std::optional<ancillary::traffic_class> traffic_class = {};
  std::optional<ecn_codepoint> ecn = {};

  // False: the route chooses the source. A client that checks the sender then drops the reply if it
  // sent to another address of this host.
  bool keep_source = true;

  // False: the routes choose the interface, for networks where requests and replies take different
  // paths. Link-local addresses keep their interface.
  bool keep_interface = true;
};

// What happens to replies if the socket's send buffer is full.
enum class full_send_buffer : std::uint8_t {
  drop, // drop and count them
  wait, // pause receiving until they are sent; meanwhile the receive buffer fills
};

// The reply to a datagram: to its sender, from the address and the interface where it arrived. For
// a multicast group or broadcast address, which cannot be a source, `source` stays empty and the
// system uses this host's address on that interface. Requires field::destination; without it,
// `source` stays empty and the routes decide.
[[nodiscard]] outgoing reply_to(const packet& request, std::span<const std::byte> payload,
                                const reply_options& options = {}) noexcept;

} // namespace ancillary
