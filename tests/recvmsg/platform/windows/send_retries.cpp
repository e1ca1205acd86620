// What a sender does when WSASendMsg refuses a datagram's fields.
#include "noted_calls.hpp"

using namespace noted_sends;

TEST_CASE("bytes for WSASendMsg (Wine ignores them): refused segments are sent separately") {
  fixture test(udp::v4());
  outgoing datagram = plain_v4;
  datagram.segment_bytes = 2;
  refusals = {WSAEOPNOTSUPP};
  CHECK_FALSE(test.send(datagram));
  REQUIRE(calls.size() == 4);
  CHECK(calls[1].payload + "|" + calls[2].payload + "|" + calls[3].payload == "he|ll|o");
  CHECK_FALSE(calls[3].has_control);
  CHECK(test.out.counters().segments_refused == 1);
}

TEST_CASE("a stand-in refuses packet info with WSAEINVAL: retried without the interface, then "
          "without packet info") {
  fixture test(udp::v4());
  outgoing datagram = plain_v4;
  datagram.hop_limit = 3;
  // After this, a hop limit is known to be accepted, so a refusal cannot be about it.
  CHECK_FALSE(test.send(datagram));
  calls.clear();
  datagram = from_5_by_7(datagram);
  const std::string rest = number(0, 4, 3);
  SECTION("the interface") {
    refusals = {WSAEINVAL};
    CHECK_FALSE(test.send(datagram));
    REQUIRE(calls.size() == 2);
    CHECK(calls[1].control == pktinfo_v4({127, 0, 0, 5}, 0) + rest);
    CHECK(test.out.counters().without_interface == 1);
    CHECK(test.out.counters().without_source == 0);
    CHECK(test.out.counters().calls == 3);
  }
  SECTION("the source as well") {
    refusals = {WSAEINVAL, WSAEINVAL};
    CHECK_FALSE(test.send(datagram));
    REQUIRE(calls.size() == 3);
    CHECK(calls[2].control == rest);
    CHECK(test.out.counters().without_interface == 1);
    CHECK(test.out.counters().without_source == 1);
    CHECK(test.out.counters().errors == 0);
  }
  SECTION("and that was not the reason") {
    refusals = {WSAEINVAL, WSAEINVAL, WSAEINVAL};
    CHECK(test.send(datagram) == asio::error::invalid_argument);
    CHECK(calls.size() == 3);
    CHECK(test.out.counters().errors == 1);
    CHECK(test.out.counters().without_source == 0);
  }
  SECTION("an interface alone") {
    datagram.source.reset();
    refusals = {WSAEINVAL};
    CHECK_FALSE(test.send(datagram));
    REQUIRE(calls.size() == 2);
    CHECK(calls[1].control == rest);
    CHECK(test.out.counters().without_interface == 1);
  }
  SECTION("other errors are not tried again") {
    refusals = {WSAEACCES};
    CHECK(test.send(datagram) == std::error_code(WSAEACCES, asio::system_category()));
    CHECK(calls.size() == 1);
  }
  // The next datagram is sent with all fields again.
  refusals.clear();
  calls.clear();
  CHECK_FALSE(test.send(from_5_by_7(plain_v4)));
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].control == pktinfo_v4({127, 0, 0, 5}, 7));
}
