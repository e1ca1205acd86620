// Sockets of every family receive the requested metadata. On real Windows, IPV6_V6ONLY of an IPv4
// socket is 1, so that it cannot tell the families apart (docs/windows.md, row 1).
#include "machine.hpp"

using namespace ancillary_test;

namespace {

struct place {
  const char* listen;
  const char* to;
  const char* destination;
};

// A receiver with the five options, and the metadata of a datagram to it.
void check_all_five(const place& at, machine& m) {
  CAPTURE(at.listen, at.to);
  const bool dual_stack = std::string_view(at.listen) == "::";
  m.listen(at.listen, {.metadata = ancillary::require(five_options), .dual_stack = dual_stack});
  m.sender(at.to).set_option(asio::ip::unicast::hops(33));
  m.send("x", at.to);
  REQUIRE(m.receives(1));
  const auto& got = m.seen[0].metadata;
  REQUIRE(got.destination);
  CHECK(to_string(got.destination->unmapped()) == at.destination);
  CHECK(got.interface_index.value_or(0) != 0);
  CHECK(got.receive_interface == got.interface_index);
  CHECK(got.original_arrival_interface == got.interface_index);
  CHECK(got.hop_limit == 33);
  CHECK(got.traffic_class);
  CHECK(m.receiver().counters().metadata_missing == 0);
}

} // namespace

TEST_CASE("stand-in: row 1, IPv4, IPv6 and dual-stack sockets receive all five fields") {
  const auto at = GENERATE(place{"127.0.0.1", "127.0.0.1", "127.0.0.1"},
                           place{"0.0.0.0", "127.0.0.1", "127.0.0.1"}, place{"::1", "::1", "::1"},
                           place{"::", "::1", "::1"}, place{"::", "127.0.0.1", "127.0.0.1"});
  NEEDS_IPV6_FOR(at.listen)
  machine m(windows_profile::windows_11);
  check_all_five(at, m);
}

TEST_CASE("stand-in: row 2, IPv6 options on an IPv4 socket, either way: none is set") {
  machine m(windows_profile::windows_11);
  m.windows.now.ipv6_options_on_ipv4 = GENERATE(from_range(all_wrong_levels));
  check_all_five({"127.0.0.1", "127.0.0.1", "127.0.0.1"}, m);
  for (const auto& [level, name] : m.socket().options()) {
    CAPTURE(name);
    CHECK(level == 0);
  }
}

TEST_CASE("stand-in: row 22, IP_RECVIF on an IPv6 socket, either way: IPv6 datagrams report it") {
  const bool taken = GENERATE(true, false);
  NEEDS_IPV6_FOR("::1")
  machine m(windows_profile::windows_11);
  m.windows.now.ipv4_interfaces_on_ipv6 = taken;
  check_all_five({"::", "::1", "::1"}, m);
  const auto* const grant = m.receiver().metadata().find(field::receive_interface);
  REQUIRE(grant != nullptr);
  CHECK(grant->ipv4_refused == !taken);
  CHECK((to_string(*grant).find("IPv4 datagrams may lack it") != std::string::npos) == !taken);
}

TEST_CASE("stand-in: row 8, build 20348 grants TTL and TOS or coalescing, with a reason") {
  machine m(windows_profile::server_2022);
  const auto header = ancillary::field_set{field::hop_limit, field::traffic_class};
  const auto coalescing = ancillary::field_set{field::segment_bytes};
  SECTION("all wanted: the fields win") {
    m.open("127.0.0.1", {.metadata = ancillary::want(header | coalescing)});
    CHECK(m.receiver().metadata().refused() == coalescing);
  }
  SECTION("coalescing is required") {
    m.open("127.0.0.1", {.metadata = ancillary::require(coalescing).want(header)});
    CHECK(m.receiver().metadata().refused() == header);
    CHECK(m.socket().coalesces());
  }
  SECTION("both are required") {
    CHECK_THROWS_WITH(m.open("127.0.0.1", {.metadata = ancillary::require(header | coalescing)}),
                      Catch::Matchers::ContainsSubstring("UDP_RECV_MAX_COALESCED_SIZE") &&
                          Catch::Matchers::ContainsSubstring("Windows Server 2022, build 20348"));
    m.open("127.0.0.1", {});
  }
  SECTION("coalescing alone") {
    m.open("127.0.0.1", {.metadata = ancillary::require({field::segment_bytes, field::ecn})});
    CHECK(m.receiver().metadata().refused().empty());
  }
  m.start();
}

TEST_CASE("stand-in: row 8, build 20348 without IP_RECVECN grants ECN or coalescing") {
  machine m(windows_profile::server_2022);
  m.windows.now.has_receive_ecn = false; // ECN comes with IP_RECVTOS, which is at fault there
  const ancillary::field_set ecn{field::ecn};
  const ancillary::field_set coalescing{field::segment_bytes};
  SECTION("both are wanted: ECN") {
    m.open("127.0.0.1", {.metadata = ancillary::want(ecn | coalescing)});
    CHECK(m.receiver().metadata().refused() == coalescing);
    CHECK_FALSE(m.socket().coalesces());
  }
  SECTION("ECN is required") {
    m.open("127.0.0.1", {.metadata = ancillary::require(ecn).want(coalescing)});
    CHECK(m.receiver().metadata().refused() == coalescing);
  }
  SECTION("coalescing is required") {
    m.open("127.0.0.1", {.metadata = ancillary::require(coalescing).want(ecn)});
    CHECK(m.receiver().metadata().refused() == ecn);
    CHECK(m.socket().coalesces());
  }
  SECTION("both are required: set-up fails") {
    CHECK_THROWS(m.open("127.0.0.1", {.metadata = ancillary::require(ecn | coalescing)}));
    m.open("127.0.0.1", {});
  }
  m.start();
}
