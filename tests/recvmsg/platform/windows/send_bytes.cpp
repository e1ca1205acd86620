// The bytes passed to WSASendMsg.
#include "noted_calls.hpp"
#include "support/patience.hpp"

using namespace noted_sends;

TEST_CASE("bytes for WSASendMsg (Wine ignores them): no options, no control data") {
  fixture test(udp::v4());
  CHECK_FALSE(test.send(plain_v4));
  REQUIRE(calls.size() == 1);
  CHECK_FALSE(calls[0].has_control);
  CHECK(calls[0].control_bytes == 0);
  CHECK(calls[0].name == plain_v4.remote);
  CHECK(calls[0].payload == "hello");
  CHECK(calls[0].flags == 0);
}

TEST_CASE("bytes for WSASendMsg (Wine ignores them): IPv4") {
  fixture test(udp::v4());
  outgoing datagram = from_5_by_7(plain_v4);
  CHECK_FALSE(test.send(datagram));
  datagram.hop_limit = 255;
  datagram.traffic_class = traffic_class{0xb8};
  CHECK_FALSE(test.send(datagram));
  datagram.ecn = ecn_codepoint::ect0; // overrides the ECN of the class
  CHECK_FALSE(test.send(datagram));
  datagram = plain_v4;
  datagram.ecn = ecn_codepoint::ect1;
  CHECK_FALSE(test.send(datagram));
  REQUIRE(calls.size() == 4);
  const std::string from = pktinfo_v4({127, 0, 0, 5}, 7);
  CHECK(calls[0].control == from);
  CHECK(calls[0].control_bytes == WSA_CMSG_SPACE(8));
  CHECK(calls[1].control == from + number(0, 4, 255) + number(0, 3, 0xb8));
  CHECK(calls[1].control_bytes == WSA_CMSG_SPACE(8) + 2 * WSA_CMSG_SPACE(4));
  CHECK(calls[2].control == from + number(0, 4, 255) + number(0, 3, 0xb8 | 2));
  CHECK(calls[3].control == number(0, 50, 1));
}

TEST_CASE("bytes for WSASendMsg (Wine ignores them): IPv6") {
  fixture test(udp::v6());
  outgoing datagram = plain_v6;
  datagram.source = fd00(9);
  datagram.interface_index = 7;
  datagram.hop_limit = 64;
  datagram.traffic_class = traffic_class{0x29};
  CHECK_FALSE(test.send(datagram));
  datagram = plain_v6;
  datagram.ecn = ecn_codepoint::ect0;
  CHECK_FALSE(test.send(datagram));
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].control == pktinfo_v6(9, 7) + number(41, 21, 64) + number(41, 39, 0x29));
  CHECK(calls[0].control_bytes == WSA_CMSG_SPACE(20) + 2 * WSA_CMSG_SPACE(4));
  CHECK(calls[0].name == plain_v6.remote);
  CHECK(calls[1].control == number(41, 50, 2));
}

TEST_CASE("bytes for WSASendMsg (Wine ignores them): an IPv4 peer of a dual-stack socket") {
  fixture test(udp::v6());
  outgoing datagram = from_5_by_7(plain_v4);
  datagram.hop_limit = 9;
  datagram.traffic_class = traffic_class{0x2e};
  CHECK_FALSE(test.send(datagram));
  datagram.remote.address(make_address("::ffff:192.0.2.1"));
  CHECK_FALSE(test.send(datagram));
  REQUIRE(calls.size() == 2);
  for (const call& each : calls) {
    CHECK(each.control == pktinfo_v4({127, 0, 0, 5}, 7) + number(0, 4, 9) + number(0, 3, 0x2e));
    CHECK(each.name == datagram.remote);
  }
}

TEST_CASE("bytes for WSASendMsg (Wine ignores them): a segmented payload, and a run") {
  fixture test(udp::v4());
  outgoing datagram = from_5_by_7(plain_v4);
  datagram.segment_bytes = 2;
  CHECK_FALSE(test.send(datagram));
  sender runs(test.socket.native_handle(), {.segment_runs = true});
  std::error_code error;
  outgoing last = plain_v4;
  last.payload = bytes_of("end");
  CHECK(runs.send(std::array{plain_v4, plain_v4, last}, error) == 3);
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].control == pktinfo_v4({127, 0, 0, 5}, 7) + number(17, 2, 2));
  CHECK(calls[0].payload == "hello");
  CHECK(calls[1].control == number(17, 2, 5));
  CHECK(calls[1].payload == "hellohelloend");
  CHECK(test.out.counters().datagrams == 3);
}

TEST_CASE("bytes for WSASendMsg (Wine ignores them): CE is refused without a call") {
  fixture test(udp::v4());
  outgoing datagram = plain_v4;
  datagram.ecn = ecn_codepoint::ce;
  CHECK(test.send(datagram) == send_errc::ecn_refused);
  datagram.ecn.reset();
  datagram.traffic_class = traffic_class{0xb8 | 3};
  CHECK(test.send(datagram) == send_errc::ecn_refused);
  CHECK(calls.empty());
  CHECK(test.out.counters().errors == 2);
}

TEST_CASE(
    "bytes for WSASendMsg (Wine ignores them): an interface without a source uses its address") {
  fixture test(udp::v4());
  outgoing datagram = plain_v4;
  datagram.interface_index = 7;
  CHECK_FALSE(test.send(datagram));
  datagram.interface_index = 8; // which does not exist
  CHECK_FALSE(test.send(datagram));
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].control == pktinfo_v4({192, 0, 2, 7}, 7));
  CHECK_FALSE(calls[1].has_control);
  CHECK(test.out.counters().without_interface == 1);
  CHECK(test.out.counters().without_source == 0);
}

TEST_CASE("bytes for WSASendMsg (Wine ignores them): a reply has the request's address, and its "
          "interface on request") {
  const noted_calls noted;
  const bool v6 = GENERATE(false, true);
  const bool by_interface = GENERATE(false, true);
  const auto address = make_address(v6 ? "::1" : "127.0.0.1");
  asio::io_context io;
  std::uint32_t interface_index = 0;
  receiver server(io, {address, 0},
                  [&](const packet& request, receive_control& control) {
                    interface_index = request.metadata().interface_index().value_or(0);
                    reply_options options{.hop_limit = 77, .traffic_class = traffic_class{0x28}};
                    if (by_interface) {
                      options.by_interface = interface_use::always;
                    }
                    request.reply(bytes_of("reply"), options);
                    control.stop();
                  },
                  {.metadata = require({field::destination})});
  server.start();
  udp::socket client(io, {address, 0});
  client.send_to(asio::buffer("?", 1), server.local_endpoint());
  io.run_for(ancillary_test::patience);
  REQUIRE(calls.size() == 1);
  REQUIRE(interface_index != 0);
  const auto index = static_cast<std::uint8_t>(by_interface ? interface_index : 0);
  CHECK(calls[0].payload == "reply");
  CHECK(calls[0].name == client.local_endpoint());
  const std::string source =
      v6 ? message(41, 19, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, index, 0, 0, 0})
         : pktinfo_v4({127, 0, 0, 1}, index);
  CHECK(calls[0].control == source + (v6 ? number(41, 21, 77) + number(41, 39, 0x28)
                                         : number(0, 4, 77) + number(0, 3, 0x28)));
}
