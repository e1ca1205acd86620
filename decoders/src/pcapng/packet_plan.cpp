#include "packet_plan.hpp"

#include "headers.hpp"

#include <algorithm>

namespace ancillary::pcapng {

namespace {

constexpr std::size_t most_original_payload_bytes = 0x7fff'0000;

void plan_destination(const datagram& from, packet_plan& plan, comment_text& comment) noexcept {
  const auto is_of_this_family = [&](const ip_address& address) {
    return address.is_v4() == plan.v4;
  };
  if (from.destination && is_of_this_family(from.destination->unmapped())) {
    plan.destination = from.destination->unmapped();
    return;
  }
  comment.sentence("destination address not reported: ");
  const ip_address local = from.local.address.unmapped();
  if (!local.is_unspecified() && is_of_this_family(local)) {
    plan.destination = local;
    comment.add("that of the socket");
    return;
  }
  plan.destination = plan.v4 ? ip_address() : ip_address(ip_address::v6_octets{});
  comment.add(plan.v4 ? "shown as 0.0.0.0" : "shown as ::");
}

void plan_octets(const datagram& from, packet_plan& plan, comment_text& comment) noexcept {
  if (from.traffic_class) {
    plan.traffic_class = from.traffic_class->value;
  } else if (from.ecn) {
    plan.traffic_class = static_cast<std::uint8_t>(*from.ecn);
    comment.sentence("DSCP not reported: shown as 0");
  } else {
    comment.sentence(plan.v4 ? "TOS" : "traffic class").add(" not reported: shown as 0");
  }
  if (from.hop_limit) {
    plan.hop_limit = *from.hop_limit;
  } else {
    comment.sentence(plan.v4 ? "TTL" : "hop limit").add(" not reported: shown as 0");
  }
}

void plan_payload(const datagram& from, packet_plan& plan, comment_text& comment) noexcept {
  const std::size_t header_bytes = plan.v4 ? ipv4_header_bytes : ipv6_header_bytes;
  const std::size_t most = plan.v4 ? most_ipv4_payload_bytes : most_ipv6_payload_bytes;
  plan.payload = from.payload.first(std::min(from.payload.size(), most));
  std::size_t whole_bytes = from.payload.size();
  if (from.truncated) {
    plan.checksum_known = false;
    comment.sentence("payload truncated to ").add(from.payload.size());
    if (from.original_bytes && *from.original_bytes >= from.payload.size()) {
      whole_bytes = *from.original_bytes;
      comment.add(" of ").add(whole_bytes).add(" bytes");
    } else {
      comment.add(" bytes, original length not reported");
    }
    comment.add(", UDP checksum shown as 0");
  }
  plan.udp_bytes = udp_header_bytes + std::min(whole_bytes, most);
  // Readers keep it as a signed number of 32 bits.
  plan.original_bytes = header_bytes + udp_header_bytes +
                        std::min<std::size_t>(whole_bytes, most_original_payload_bytes);
  if (from.coalesced_unmarked) {
    comment.sentence("several coalesced datagrams without a segment size");
  }
  if (whole_bytes > most) {
    comment.sentence("payload of ")
        .add(whole_bytes)
        .add(" bytes does not fit an IP packet: its first ")
        .add(plan.payload.size());
  }
}

void say_the_rest(const datagram& from, comment_text& comment) noexcept {
  if (!from.time) {
    comment.sentence("time not reported: that of reading");
  }
  if (from.time.value_or(from.time_of_reading).count() < 0) {
    comment.sentence("time before 1970: shown as 1970");
  }
  if (from.hardware_time_ns) {
    comment.sentence("device's timestamp, by its own clock: ")
        .add(*from.hardware_time_ns)
        .add(" ns");
  }
  if (!from.interface_index) {
    comment.sentence("interface not reported");
  }
  if (from.control_damaged) {
    comment.sentence("control data truncated or invalid: more may have been reported");
  }
  if (from.lost_at_socket != 0) {
    comment.sentence("lost before this one at the socket: ").add(from.lost_at_socket);
  }
  if (from.lost_at_capture != 0) {
    comment.sentence("lost before this one at the capture: ").add(from.lost_at_capture);
  }
}

} // namespace

packet_plan plan(const datagram& from, comment_text& comment) noexcept {
  packet_plan plan;
  plan.source = from.source.address.unmapped();
  plan.v4 = plan.source.is_v4();
  plan_destination(from, plan, comment);
  plan_octets(from, plan, comment);
  plan_payload(from, plan, comment);
  say_the_rest(from, comment);
  return plan;
}

} // namespace ancillary::pcapng
