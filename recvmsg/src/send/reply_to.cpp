// Makes the reply to a request.

#include "send/reply_to.hpp"

#include <ancillary/recvmsg/packet.hpp>

namespace ancillary {

namespace {

// Linux reports this for nearly every IPv4 datagram, so it is the fastest check.
bool is_own_address(const ip_address& v4, const metadata_view& metadata) noexcept {
  const auto local = metadata.local_address();
  return local && local->is_v4() && local->to_v4_bytes() == v4.to_v4_bytes();
}

// For a multicast or broadcast address, the system chooses an address of the outgoing interface.
// The one that Linux suggests (ipi_spec_dst) belongs to the interface that the routes choose.
bool is_address_of_many(const ip_address& destination, const packet& request) noexcept {
  return destination.is_unspecified() || request.multicast() || request.broadcast();
}

// Only the network may set CE, and Windows refuses to send it.
bool asks_for_ce(const reply_options& options) noexcept {
  if (options.ecn) {
    return *options.ecn == ecn_codepoint::ce;
  }
  return options.traffic_class && options.traffic_class->ecn() == ecn_codepoint::ce;
}

// Returns false if the system should choose the source for the interface.
bool put_source(std::optional<ip_address>& source, const std::optional<ip_address>& destination,
                const packet& request) noexcept {
  if (destination->is_v4() && is_own_address(*destination, request.metadata())) [[likely]] {
    source.emplace(destination->to_v4_bytes());
    return true;
  }
  if (is_address_of_many(*destination, request)) {
    source.reset();
    return false;
  }
  source = destination;
  return true;
}

} // namespace

void detail::make_reply(outgoing& reply, const packet& request, std::span<const std::byte> payload,
                        const reply_options& options) noexcept {
  reply.payload = payload;
  reply.remote = request.remote();
  reply.interface_index = request.metadata().interface_index().value_or(0);
  reply.by_interface = options.by_interface;
  const auto destination = request.metadata().destination();
  bool leads_back = false; // the source leads back, with usual routes and addresses
  if (destination) [[likely]] {
    leads_back = put_source(reply.source, destination, request);
  } else {
    reply.source.reset();
  }
  if (!options.keep_source) {
    reply.source.reset();
  }
  if (!reply.source && options.by_interface == interface_use::where_needed &&
      (!destination || leads_back)) {
    // No sign that the routes would fail.
    reply.by_interface = interface_use::never;
  }
  if (reply.by_interface == interface_use::never && destination && destination->is_v6() &&
      destination->is_link_local()) {
    reply.by_interface = interface_use::always;
  }
  reply.is_reply = !options.to_any_remote;
  reply.hop_limit = options.hop_limit;
  reply.traffic_class = options.traffic_class;
  reply.ecn = options.ecn;
  if (asks_for_ce(options)) [[unlikely]] {
    reply.ecn = ecn_codepoint::ect0;
  }
  reply.segment_bytes = 0;
}

outgoing reply_to(const packet& request, std::span<const std::byte> payload,
                  const reply_options& options) noexcept {
  outgoing reply;
  detail::make_reply(reply, request, payload, options);
  return reply;
}

} // namespace ancillary
