// The metadata of each Windows version, on real sockets through a stand-in.
#include "machine.hpp"
#include <ancillary/recvmsg/socket_options.hpp>

#include <algorithm>

using namespace ancillary_test;
using ancillary::ecn_codepoint;

namespace {

struct refusal_row {
  windows_profile profile;
  ancillary::field_set refused;
};

void set_traffic_class(asio::ip::udp::socket& socket, std::uint8_t value) {
  ancillary::set_option(socket, ancillary::options::type_of_service(value));
}

} // namespace

TEST_CASE("stand-in: all five fields arrive on every Windows version with the options") {
  const auto profile = GENERATE(windows_profile::windows_10, windows_profile::windows_11,
                                windows_profile::server_2022);
  machine m(profile);
  m.listen("127.0.0.1", {.metadata = ancillary::require(five_options)});
  m.sender().set_option(asio::ip::unicast::hops(33));
  set_traffic_class(m.sender(), 0xb9);
  m.send("hello");
  REQUIRE(m.receives(1));
  const auto& got = m.seen[0].metadata;
  REQUIRE(got.destination);
  CHECK(to_string(*got.destination) == "127.0.0.1");
  REQUIRE(got.interface_index);
  CHECK(*got.interface_index != 0);
  CHECK(got.receive_interface == got.interface_index);
  CHECK(got.original_arrival_interface == got.interface_index);
  CHECK(got.hop_limit == 33);
  REQUIRE(got.traffic_class);
  CHECK(got.traffic_class->value == 0xb9);
  CHECK(m.receiver().counters().metadata_missing == 0);
}

TEST_CASE("stand-in: all five fields arrive over IPv6") {
  NEEDS_IPV6_FOR("::1")
  machine m(windows_profile::windows_11);
  m.listen("::1", {.metadata = ancillary::require(five_options)});
  m.sender("::1").set_option(asio::ip::unicast::hops(33));
  m.send("hello", "::1");
  REQUIRE(m.receives(1));
  const auto& got = m.seen[0].metadata;
  REQUIRE(got.destination);
  CHECK(to_string(*got.destination) == "::1");
  CHECK(got.receive_interface == got.interface_index);
  CHECK(got.original_arrival_interface == got.interface_index);
  CHECK(got.hop_limit == 33);
  CHECK(got.traffic_class);
}

TEST_CASE("stand-in: through a tunnel, the original arrival interface differs") {
  machine m(windows_profile::windows_11);
  m.windows.now.arrival_interface = 77;
  m.listen("127.0.0.1", {.metadata = ancillary::require(five_options)});
  m.send("tunnelled");
  REQUIRE(m.receives(1));
  CHECK(m.seen[0].metadata.original_arrival_interface == 77u);
  CHECK(m.seen[0].metadata.receive_interface == m.seen[0].metadata.interface_index);
  CHECK(m.seen[0].metadata.receive_interface != 77u);
}

TEST_CASE("stand-in: options missing on a Windows version are refused, the others work") {
  const std::vector<refusal_row> rows{
      {windows_profile::windows_7,
       {field::hop_limit, field::traffic_class, field::ecn, field::segment_bytes,
        field::timestamp}},
      {windows_profile::windows_10_1607,
       {field::receive_interface, field::segment_bytes, field::timestamp}},
      {windows_profile::windows_10, {field::timestamp}},
      {windows_profile::windows_11, {}},
      {windows_profile::server_2022, {field::segment_bytes}}, // row 8
  };
  const auto row = GENERATE_REF(from_range(rows));
  CAPTURE(to_string(row.profile));
  auto asked = five_options;
  for (const field each : {field::ecn, field::segment_bytes, field::timestamp}) {
    asked.insert(each);
  }
  machine m(row.profile);
  m.listen("127.0.0.1", {.metadata = ancillary::want(asked)});
  CHECK(m.receiver().metadata().refused() == row.refused);
  m.send("x");
  REQUIRE(m.receives(1));
  const auto present = m.seen[0].metadata.present();
  auto expected = asked - row.refused;
  expected.erase(field::segment_bytes); // nothing was coalesced
  CHECK((present & asked) == expected);
  CHECK(m.receiver().counters().metadata_missing == 0);
}

TEST_CASE("stand-in: a missing required field names the Windows version that supports it") {
  machine m(windows_profile::windows_10_1607);
  CHECK_THROWS_WITH(
      m.listen("127.0.0.1", {.metadata = ancillary::require({field::receive_interface})}),
      Catch::Matchers::ContainsSubstring("IP_RECVIF") &&
          Catch::Matchers::ContainsSubstring("available since Windows 10 version 1703"));
}

TEST_CASE("stand-in: up to version 1607, TTL and TOS arrive as IP_HOPLIMIT and IP_TCLASS") {
  machine m(windows_profile::windows_10_1607);
  m.listen("127.0.0.1", {.metadata = ancillary::require({field::hop_limit, field::traffic_class})});
  m.sender().set_option(asio::ip::unicast::hops(44));
  m.send("old");
  REQUIRE(m.receives(1));
  CHECK(m.seen[0].metadata.hop_limit == 44);
  CHECK(m.seen[0].metadata.traffic_class);
  CHECK(m.receiver().counters().metadata_missing == 0);
}

TEST_CASE("stand-in: IP_RECVECN reports only the two ECN bits") {
  machine m(windows_profile::windows_11);
  m.listen("127.0.0.1", {.metadata = ancillary::require({field::ecn})});
  CHECK(m.receiver().metadata().find(field::ecn)->option == "IP_RECVECN");
  set_traffic_class(m.sender(), 0xb9);
  m.send("x");
  REQUIRE(m.receives(1));
  CHECK(m.seen[0].metadata.ecn == ecn_codepoint::ect1);
  CHECK_FALSE(m.seen[0].metadata.traffic_class);
}

TEST_CASE("stand-in: without IP_RECVECN, ECN comes from the traffic class") {
  machine m(windows_profile::windows_10);
  m.listen("127.0.0.1", {.metadata = ancillary::require({field::ecn})});
  CHECK(m.receiver().metadata().find(field::ecn)->option == "IP_RECVTOS");
  set_traffic_class(m.sender(), 0xb9);
  m.send("x");
  REQUIRE(m.receives(1));
  CHECK(m.seen[0].metadata.ecn == ecn_codepoint::ect1);
  CHECK(m.seen[0].metadata.traffic_class);
}

TEST_CASE("stand-in: a timestamp is a performance counter value") {
  machine m(windows_profile::server_2022);
  m.listen("127.0.0.1", {.metadata = ancillary::require({field::timestamp})});
  m.send("first");
  m.send("second");
  REQUIRE(m.receives(2));
  REQUIRE(m.seen[0].metadata.timestamp);
  REQUIRE(m.seen[1].metadata.timestamp);
  CHECK(m.seen[0].metadata.timestamp->clock == ancillary::timestamp_clock::performance_counter);
  CHECK(m.seen[0].metadata.timestamp->value <= m.seen[1].metadata.timestamp->value);
}

TEST_CASE("stand-in: redirect records and context arrive unrequested, as opaque bytes") {
  const std::vector<std::byte> records{std::byte{1}, std::byte{2}, std::byte{3}};
  const std::vector<std::byte> context{std::byte{9}};
  machine m(windows_profile::windows_11);
  m.windows.now.redirect_records = records;
  m.windows.now.redirect_context = context;
  m.listen("127.0.0.1", {.metadata = ancillary::want({field::destination})});
  m.send("redirected");
  REQUIRE(m.receives(1));
  REQUIRE(m.seen[0].metadata.redirect_records);
  REQUIRE(m.seen[0].metadata.redirect_context);
  CHECK(std::ranges::equal(m.seen[0].metadata.redirect_records->bytes(), records));
  CHECK(std::ranges::equal(m.seen[0].metadata.redirect_context->bytes(), context));
}

TEST_CASE("stand-in: dual-stack, an IPv4 datagram reports the IPv4 message, or both") {
  const bool both = GENERATE(false, true);
  NEEDS_IPV6_FOR("::1")
  machine m(windows_profile::windows_11);
  m.windows.now.both_packet_infos = both;
  m.listen("::", {.metadata = ancillary::require(five_options), .dual_stack = true});
  m.sender().set_option(asio::ip::unicast::hops(33));
  m.send("four", "127.0.0.1");
  REQUIRE(m.receives(1));
  const auto& got = m.seen[0].metadata;
  REQUIRE(got.destination);
  CHECK(to_string(got.destination->unmapped()) == "127.0.0.1");
  // TTL and TOS of an IPv4 datagram require the IPv4 options.
  CHECK(got.hop_limit == 33);
  CHECK(got.traffic_class);
  CHECK(got.receive_interface);
  CHECK_FALSE(m.seen[0].control_truncated);
  CHECK(m.receiver().counters().metadata_missing == 0);
}
