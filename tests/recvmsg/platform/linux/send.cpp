// The IP header of a sender's datagrams, as a second socket receives it.
#include "sender_peer.hpp"

#include <vector>

using namespace sender_tests;

namespace {

bool has_ipv6() {
  asio::io_context io;
  udp::socket probe(io, udp::v6());
  std::error_code error;
  probe.bind(at("::1", 0), error);
  return !error;
}

} // namespace

TEST_CASE("sender: a datagram leaves from the requested source") {
  observer peer("127.0.0.1");
  wildcard own(udp::v4());
  sender out(own.socket.native_handle());
  for (std::uint8_t last = 1; last < 10; ++last) {
    const auto source = ip_address::v4({127, 0, 0, last});
    send_all(out, std::array{outgoing{.payload = bytes_of("x"),
                                      .remote = peer.endpoint(),
                                      .source = source,
                                      .interface_index = 1}});
    CHECK(peer.next() == "x");
    CHECK(from_asio(peer.remote.address()) == source);
  }
  CHECK(out.counters().datagrams == 9);
  CHECK(out.counters().bytes == 9);
}

TEST_CASE("sender: each datagram has its requested hop limit, DSCP and ECN") {
  const auto run = [](const char* address, const udp& family) {
    observer peer(address);
    wildcard own(family);
    sender out(own.socket.native_handle());
    const outgoing plain{.payload = bytes_of("x"), .remote = peer.endpoint()};
    std::vector<outgoing> datagrams(5, plain);
    datagrams[1].hop_limit = 7;
    datagrams[2].traffic_class = traffic_class{0xB8 | 1};
    datagrams[3].ecn = ecn_codepoint::ce;
    datagrams[4].hop_limit = 255;
    datagrams[4].traffic_class = traffic_class{0x28 | 1};
    datagrams[4].ecn = ecn_codepoint::ect0;
    send_all(out, datagrams);
    CHECK(out.counters().calls == 1);

    const std::array hop_limits{64, 7, 64, 64, 255};
    const std::array classes{0, 0, 0xB8 | 1, 3, 0x28 | 2};
    for (std::size_t i = 0; i < datagrams.size(); ++i) {
      INFO("datagram " << i << " to " << address);
      peer.next();
      CHECK(peer.metadata.hop_limit() == hop_limits[i]);
      REQUIRE(peer.metadata.traffic_class());
      CHECK(peer.metadata.traffic_class()->value == classes[i]);
    }
  };
  run("127.0.0.1", udp::v4());
  if (has_ipv6()) {
    run("::1", udp::v6());
  }
}

TEST_CASE("sender: IPv4 control messages for an IPv4 peer of a dual-stack socket") {
  if (!has_ipv6()) {
    SKIP_BECAUSE("no IPv6 here");
  }
  observer peer("127.0.0.1");
  wildcard own(udp::v6());
  sender out(own.socket.native_handle());
  outgoing datagram{.payload = bytes_of("x"),
                    .source = ip_address::v4({127, 0, 0, 8}),
                    .interface_index = 1,
                    .hop_limit = 9,
                    .traffic_class = traffic_class{0xB9}};
  datagram.remote = peer.endpoint();
  outgoing mapped = datagram;
  mapped.remote = {
      asio::ip::make_address_v6(asio::ip::v4_mapped, peer.endpoint().address().to_v4()),
      peer.endpoint().port()};
  send_all(out, std::array{datagram, mapped});
  for (int i = 0; i < 2; ++i) {
    CHECK(peer.next() == "x");
    CHECK(peer.remote.address().to_string() == "127.0.0.8");
    CHECK(peer.metadata.hop_limit() == 9);
    CHECK(peer.metadata.traffic_class() == traffic_class{0xB9});
  }
}

TEST_CASE("sender: a family mismatch is an error of that datagram only") {
  observer peer("127.0.0.1");
  wildcard own(udp::v4());
  sender out(own.socket.native_handle());
  const outgoing good{.payload = bytes_of("good"), .remote = peer.endpoint()};
  outgoing v6_remote = good;
  v6_remote.remote = at("::1", 9);
  outgoing v6_source = good;
  v6_source.source = ip_address::v6({});
  std::error_code error;
  CHECK(out.send(std::array{good, v6_remote}, error) == 1);
  CHECK(error == send_errc::family_mismatch);
  CHECK(out.send(std::array{v6_source, good}, error) == 0);
  CHECK(error == send_errc::family_mismatch);
  CHECK(error.message().find("family") != std::string::npos);
  CHECK(out.counters().errors == 2);
}

TEST_CASE("sender: a source that is not local fails with the system's error") {
  observer peer("127.0.0.1");
  wildcard own(udp::v4());
  sender out(own.socket.native_handle());
  std::error_code error;
  const outgoing foreign{.payload = bytes_of("x"),
                         .remote = peer.endpoint(),
                         .source = ip_address::v4({192, 0, 2, 1})};
  CHECK(out.send(std::array{foreign}, error) == 0);
  CHECK(error);
  CHECK(error != asio::error::would_block);
  CHECK(peer.empty());
}

TEST_CASE("sender: hundreds of datagrams leave in calls of 64") {
  observer peer("127.0.0.1");
  wildcard own(udp::v4());
  sender out(own.socket.native_handle());
  const std::vector<outgoing> datagrams(200, {.payload = bytes_of("x"), .remote = peer.endpoint()});
  send_all(out, datagrams);
  CHECK(out.counters().calls == 4);
  for (std::size_t i = 0; i < datagrams.size(); ++i) {
    peer.next();
  }
  CHECK(peer.empty());
}

TEST_CASE("sender: a handle that is not a socket is reported") {
  std::error_code error;
  const sender out(-1, {}, error);
  CHECK(error == asio::error::bad_descriptor);
  CHECK_THROWS_AS(sender(-1), std::system_error);
}

TEST_CASE("sender: after a failed set-up, send reports an error") {
  std::error_code error;
  sender none(-1, {}, error);
  CHECK(error);
  const outgoing datagram;
  CHECK(none.send({&datagram, 1}, error) == 0);
  CHECK(error == asio::error::bad_descriptor);
}
