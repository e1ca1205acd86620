// The packets that are made from metadata: what they contain when something was not reported, and
// what their comments say then.

#include "pcapng/reference_reader.hpp"
#include "support/catch.hpp"
#include <ancillary/pcapng/blocks.hpp>

#include <functional>
#include <random>
#include <string>
#include <vector>

using namespace ancillary;
using namespace ancillary_test;
using namespace std::chrono_literals;

namespace {

const ip_address source_v4 = ip_address::v4({192, 0, 2, 1});
const ip_address destination_v4 = ip_address::v4({192, 0, 2, 2});
const ip_address source_v6 = *ip_address::from_string("2001:db8::1");
const ip_address destination_v6 = *ip_address::from_string("2001:db8::2");
const std::vector<std::byte> five(5, std::byte{'x'});

pcapng::datagram complete(bool v6 = false) {
  return {.source = {v6 ? source_v6 : source_v4, 1000},
          .destination = v6 ? destination_v6 : destination_v4,
          .local = {ip_address(), 53},
          .interface_index = 7,
          .hop_limit = std::uint8_t{64},
          .traffic_class = traffic_class{0xb9},
          .time = 1s,
          .payload = five};
}

reference_pcapng::block block_of(const pcapng::datagram& from, std::uint32_t snap_bytes = 0) {
  std::vector<std::byte> to(pcapng::most_packet_block_bytes(from.payload.size()));
  to.resize(pcapng::encode(to, from, 0, snap_bytes));
  const auto read = reference_pcapng::read(to);
  REQUIRE(read);
  REQUIRE(read->size() == 1);
  return read->front();
}

reference_pcapng::udp_packet packet_of(const pcapng::datagram& from) {
  const auto packet = reference_pcapng::read_packet(block_of(from).data);
  REQUIRE(packet);
  return *packet;
}

std::vector<std::byte> octets_of(const ip_address& address) {
  const auto bytes = std::as_bytes(address.bytes());
  return {bytes.begin(), bytes.end()};
}

} // namespace

TEST_CASE("pcapng: a datagram with everything reported has no comment", "[pcapng]") {
  CHECK(block_of(complete()).options.count(1) == 0);
  CHECK(block_of(complete(true)).options.count(1) == 0);
}

TEST_CASE("pcapng: what was not reported is in the comment, with the value in its place",
          "[pcapng]") {
  struct row {
    std::string comment;
    bool v6;
    std::function<void(pcapng::datagram&)> change;
  };
  const std::vector<row> rows{
      {"destination address not reported: shown as 0.0.0.0", false,
       [](auto& from) { from.destination.reset(); }},
      {"destination address not reported: shown as ::", true,
       [](auto& from) { from.destination.reset(); }},
      {"destination address not reported: shown as 0.0.0.0", false,
       [](auto& from) { from.destination = destination_v6; }},
      {"destination address not reported: that of the socket", false,
       [](auto& from) {
         from.destination.reset();
         from.local.address = destination_v4;
       }},
      {"TTL not reported: shown as 0", false, [](auto& from) { from.hop_limit.reset(); }},
      {"hop limit not reported: shown as 0", true, [](auto& from) { from.hop_limit.reset(); }},
      {"TOS not reported: shown as 0", false, [](auto& from) { from.traffic_class.reset(); }},
      {"traffic class not reported: shown as 0", true,
       [](auto& from) { from.traffic_class.reset(); }},
      {"DSCP not reported: shown as 0", false,
       [](auto& from) {
         from.traffic_class.reset();
         from.ecn = ecn_codepoint::ce;
       }},
      {"time not reported: that of reading", false, [](auto& from) { from.time.reset(); }},
      {"time before 1970: shown as 1970", false, [](auto& from) { from.time = -1ns; }},
      {"interface not reported", false, [](auto& from) { from.interface_index.reset(); }},
      {"device's timestamp, by its own clock: -5 ns", false,
       [](auto& from) { from.hardware_time_ns = -5; }},
      {"payload truncated to 5 bytes, original length not reported, UDP checksum shown as 0", false,
       [](auto& from) { from.truncated = true; }},
      {"payload truncated to 5 of 1400 bytes, UDP checksum shown as 0", false,
       [](auto& from) {
         from.truncated = true;
         from.original_bytes = 1400;
       }},
      {"several coalesced datagrams without a segment size", false,
       [](auto& from) { from.coalesced_unmarked = true; }},
      {"control data truncated or invalid: more may have been reported", false,
       [](auto& from) { from.control_damaged = true; }},
      {"lost before this one at the socket: 3; lost before this one at the capture: 4", false,
       [](auto& from) {
         from.lost_at_socket = 3;
         from.lost_at_capture = 4;
       }},
  };
  for (const row& each : rows) {
    pcapng::datagram from = complete(each.v6);
    each.change(from);
    CAPTURE(each.comment);
    CHECK(block_of(from).comment() == each.comment);
  }
}

TEST_CASE("pcapng: all comments together fit", "[pcapng]") {
  const std::vector<std::byte> payload(65535);
  pcapng::datagram from{.source = {source_v6, 1}, .payload = payload};
  from.time_of_reading = -1ns;
  from.hardware_time_ns = std::numeric_limits<std::int64_t>::min();
  from.truncated = from.coalesced_unmarked = from.control_damaged = true;
  from.original_bytes = std::numeric_limits<std::size_t>::max();
  from.lost_at_socket = from.lost_at_capture = std::numeric_limits<std::uint64_t>::max() / 2;
  const std::string comment = block_of(from).comment();
  const std::string last =
      "lost before this one at the capture: " + std::to_string(from.lost_at_capture);
  REQUIRE(comment.size() > last.size());
  CHECK(comment.substr(comment.size() - last.size()) == last);
}

TEST_CASE("pcapng: the values in place of what was not reported", "[pcapng]") {
  pcapng::datagram from{.source = {source_v4, 1000}, .payload = five};
  from.local = {destination_v4, 53};
  from.ecn = ecn_codepoint::ce;
  from.time_of_reading = 9s;
  const auto packet = packet_of(from);
  CHECK(packet.destination == octets_of(destination_v4));
  CHECK(packet.destination_port == 53);
  CHECK(packet.hop_limit == 0);
  CHECK(packet.traffic_class == 3);
  CHECK(packet.checksum_valid);
  CHECK(block_of(from).time_ns == 9'000'000'000);
  CHECK(block_of(from).number(2) == 1u); // inbound, reception unknown
}

TEST_CASE("pcapng: an IPv4 peer of a dual-stack socket is shown as IPv4", "[pcapng]") {
  pcapng::datagram from = complete();
  from.source.address = source_v4.mapped();
  from.destination = destination_v4.mapped();
  const auto packet = packet_of(from);
  CHECK(packet.v4);
  CHECK(packet.source == octets_of(source_v4));
  CHECK(packet.destination == octets_of(destination_v4));
}

TEST_CASE("pcapng: a truncated datagram keeps its original length", "[pcapng]") {
  pcapng::datagram from = complete();
  from.truncated = true;
  from.original_bytes = 1400;
  const auto block = block_of(from);
  CHECK(block.data.size() == 28 + 5);
  CHECK(block.original == 28 + 1400);
  const auto packet = reference_pcapng::read_packet(block.data);
  REQUIRE(packet);
  CHECK(packet->udp_length == 8 + 1400);
  CHECK(packet->checksum == 0);
}

TEST_CASE("pcapng: the largest payload of each family fits, and of a larger one the first bytes",
          "[pcapng]") {
  for (const bool v6 : {false, true}) {
    const std::size_t most = v6 ? 65527 : 65507;
    const std::size_t headers = v6 ? 48 : 28;
    for (const std::size_t size : {most, most + 1, std::size_t{100'000}}) {
      CAPTURE(v6, size);
      const std::vector<std::byte> payload(size, std::byte{0xa5});
      pcapng::datagram from = complete(v6);
      from.payload = payload;
      const auto block = block_of(from);
      CHECK(block.original == headers + size);
      CHECK(block.data.size() == headers + most);
      const auto packet = reference_pcapng::read_packet(block.data);
      REQUIRE(packet);
      CHECK(packet->udp_length == 8 + most);
      CHECK(packet->checksum_valid);
      CHECK(block.comment() == (size == most ? std::string()
                                             : "payload of " + std::to_string(size) +
                                                   " bytes does not fit an IP packet: its first " +
                                                   std::to_string(most)));
    }
  }
}

TEST_CASE("pcapng: a snap length cuts the packet and not its length fields", "[pcapng]") {
  for (const std::uint32_t snap_bytes : {1u, 27u, 28u, 30u, 33u, 34u}) {
    const auto block = block_of(complete(), snap_bytes);
    CHECK(block.data.size() == std::min(snap_bytes, 33u));
    CHECK(block.original == 33);
  }
  const auto cut = reference_pcapng::read_packet(block_of(complete(), 30).data);
  REQUIRE(cut);
  CHECK(cut->udp_length == 13);
  CHECK(cut->checksum == packet_of(complete()).checksum);
}

TEST_CASE("pcapng: a checksum of zero is sent as its complement", "[pcapng]") {
  // Choose the last two bytes of the payload so that the sum is 0xffff.
  std::vector<std::byte> payload(2);
  pcapng::datagram from = complete();
  from.payload = payload;
  const std::uint32_t without = packet_of(from).checksum;
  payload = {static_cast<std::byte>(without >> 8), static_cast<std::byte>(without)};
  from.payload = payload;
  const auto packet = packet_of(from);
  CHECK(packet.checksum == 0xffff);
  CHECK(packet.checksum_valid);
}

TEST_CASE("pcapng: every field arrives, for random datagrams of every size", "[pcapng]") {
  std::mt19937 random(1);
  const auto octet = [&] { return static_cast<std::uint8_t>(random()); };
  for (std::size_t size = 0; size != 600; ++size) {
    const bool v6 = octet() % 2 == 0;
    std::vector<std::byte> payload(size);
    for (std::byte& each : payload) {
      each = std::byte{octet()};
    }
    pcapng::datagram from = complete(v6);
    from.source.port = static_cast<std::uint16_t>(random());
    from.local.port = static_cast<std::uint16_t>(random());
    from.hop_limit = octet();
    from.traffic_class = traffic_class{octet()};
    from.time = std::chrono::nanoseconds(random()) * 1'000'000;
    from.payload = payload;
    from.received_as = static_cast<pcapng::reception>(octet() % 4);
    const auto block = block_of(from);
    CHECK(block.time_ns == static_cast<std::uint64_t>(from.time->count()));
    CHECK(block.original == block.data.size());
    CHECK(block.number(2) == 1u + 4u * static_cast<unsigned>(from.received_as));
    const auto packet = reference_pcapng::read_packet(block.data);
    REQUIRE(packet);
    CHECK(packet->v4 == !v6);
    CHECK(packet->source == octets_of(from.source.address));
    CHECK(packet->destination == octets_of(*from.destination));
    CHECK(packet->source_port == from.source.port);
    CHECK(packet->destination_port == from.local.port);
    CHECK(packet->hop_limit == *from.hop_limit);
    CHECK(packet->traffic_class == from.traffic_class->value);
    CHECK(packet->payload == payload);
    CHECK(packet->checksum_valid);
  }
}
