// What was sent to a broadcast address is said to be so, whatever the socket.

#include "lab_server.hpp"
#include "support/catch.hpp"

#include <atomic>

using namespace option_tests;

TEST_CASE("a broadcast is one on an IPv4 and on a dual-stack socket", "[metadata]") {
  lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  host.address('S', "e0", "192.0.2.1/24");
  host.address('C', "p0", "192.0.2.2/24");
  host.ip('C', "route add 255.255.255.255 dev p0\n");
  host.settle();
  NEEDS_LAB(host);
  for (const listens on : {listens::v4, listens::dual_stack}) {
    std::atomic<int> broadcasts{0};
    std::atomic<int> groups{0};
    lab_server server(host, 'S', on, [&](const ancillary::packet& request) {
      broadcasts += request.broadcast() ? 1 : 0;
      groups += request.multicast() ? 1 : 0;
      request.reply(request.payload());
    });
    int expected = 0;
    for (const char* const to : {"192.0.2.255", "192.0.2.1", "255.255.255.255"}) {
      INFO(name_of(on) << ": to " << to);
      const bool is_broadcast = std::string_view(to).ends_with("255");
      host.in('C', [&] {
        asio::io_context io;
        asio::ip::udp::socket client(io, asio::ip::udp::v4());
        client.set_option(asio::ip::udp::socket::broadcast(true));
        client.send_to(asio::buffer("?", 1), {asio::ip::make_address(to), server.port()});
        char byte = 0;
        asio::ip::udp::endpoint from;
        client.receive_from(asio::buffer(&byte, 1), from);
        CHECK(from.address().to_string() == "192.0.2.1");
        return 0;
      });
      expected += is_broadcast ? 1 : 0;
      CHECK(broadcasts == expected);
    }
    CHECK(groups == 0);
    CHECK(server.received().metadata_duplicate == 0);
    CHECK(server.received().metadata_missing == 0);
  }
}
