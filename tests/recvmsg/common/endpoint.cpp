#include "support/catch.hpp"
#include <ancillary/recvmsg/endpoint.hpp>

using ancillary::from_asio;
using ancillary::to_asio;

TEST_CASE("an address converts to Asio and back unchanged", "[endpoint]") {
  for (const char* const text :
       {"0.0.0.0", "127.0.0.5", "255.255.255.255", "::", "::1", "2001:db8::7", "::ffff:10.0.0.1"}) {
    CAPTURE(text);
    const asio::ip::address address = asio::ip::make_address(text);
    CHECK(to_asio(from_asio(address)) == address);
    CHECK(from_asio(address).is_v4() == address.is_v4());
  }
}

TEST_CASE("a scope id is dropped", "[endpoint]") {
  const asio::ip::address_v6 scoped(asio::ip::make_address_v6("fe80::1").to_bytes(), 3);
  CHECK(to_asio(from_asio(scoped)) == asio::ip::make_address("fe80::1"));
}

TEST_CASE("a socket address converts to an endpoint, with the port in host byte order",
          "[endpoint]") {
  const ancillary::socket_address address{ancillary::ip_address::v4({192, 0, 2, 1}), 5353};
  CHECK(to_asio(address) == asio::ip::udp::endpoint(asio::ip::make_address("192.0.2.1"), 5353));
}

TEST_CASE("unmapped endpoint: a v4-mapped one becomes IPv4, others keep address, port and scope id",
          "[endpoint]") {
  using asio::ip::udp;
  const auto of = [](const char* text) { return udp::endpoint(asio::ip::make_address(text), 443); };
  CHECK(ancillary::unmapped(of("::ffff:192.0.2.1")) == of("192.0.2.1"));
  for (const char* const text : {"192.0.2.1", "::", "::1", "2001:db8::7", "::192.0.2.1"}) {
    CAPTURE(text);
    CHECK(ancillary::unmapped(of(text)) == of(text));
  }
  const udp::endpoint scoped(
      asio::ip::address_v6(asio::ip::make_address_v6("fe80::1").to_bytes(), 3), 443);
  CHECK(ancillary::unmapped(scoped) == scoped);
  CHECK(ancillary::unmapped(scoped).address().to_v6().scope_id() == 3);
}
