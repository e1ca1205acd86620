// Linux coalescing (UDP_GRO), with the guard and with slots that are too small.
#include "between_hosts.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/receiver.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

using namespace ancillary_test;
using ancillary::field;
using ancillary::packet;
using option_tests::two_hosts;

namespace {

constexpr int udp_segment = 103; // linux/udp.h
constexpr int udp_gro = 104;

bool coalesces(asio::ip::udp::socket& socket) {
  int value = -1;
  socklen_t bytes = sizeof value;
  REQUIRE(::getsockopt(socket.native_handle(), IPPROTO_UDP, udp_gro, &value, &bytes) == 0);
  return value != 0;
}

bool send_in_segments_of(asio::ip::udp::socket& socket, int bytes) {
  return ::setsockopt(socket.native_handle(), IPPROTO_UDP, udp_segment, &bytes, sizeof bytes) == 0;
}

struct counted {
  std::size_t* packets;
  std::size_t* flagged;
  void operator()(const packet& p) const {
    ++*packets;
    *flagged += p.coalesced_unmarked() ? 1u : 0u;
  }
};

} // namespace

TEST_CASE("coalescing is refused if its buffers do not fit, and no datagram is lost",
          "[coalescing]") {
  asio::io_context io;
  std::vector<std::size_t> sizes;
  ancillary::receiver receiver(
      io, loopback_any_port(), [&](const packet& p) { sizes.push_back(p.payload().size()); },
      {.metadata = ancillary::want({field::segment_bytes}), .payload_capacity = 200});
  const auto* const grant = receiver.metadata().find(field::segment_bytes);
  REQUIRE(grant != nullptr);
  CHECK(to_string(*grant) == "segment_bytes: refused (UDP_GRO: coalesced buffers do not fit; "
                             "requires a payload_capacity of 65535)");
  CHECK_FALSE(coalesces(receiver.socket()));
  loopback_sender from(receiver.local_endpoint());
  if (!send_in_segments_of(from.socket(), 100)) {
    SKIP_BECAUSE("no segmentation offload here");
  }
  receiver.start();
  from.send(std::string(350, 'x'));
  REQUIRE(run_until(io, [&] { return sizes.size() == 4; }));
  CHECK(sizes == std::vector<std::size_t>{100, 100, 100, 50});
  CHECK(receiver.counters().payload_truncated == 0);

  CHECK_THROWS_WITH(ancillary::receiver(io, loopback_any_port(), [](const packet&) {},
                                        {.metadata = ancillary::require({field::segment_bytes}),
                                         .payload_capacity = 200}),
                    Catch::Matchers::ContainsSubstring("requires a payload_capacity of 65535"));
}

TEST_CASE("max_coalesced_bytes applies also with large slots", "[coalescing]") {
  asio::io_context io;
  auto request = ancillary::want({field::segment_bytes});
  request.max_coalesced_bytes(9000);
  ancillary::receiver receiver(io, loopback_any_port(), [](const packet&) {},
                               {.metadata = request, .payload_capacity = 65535});
  CHECK_FALSE(receiver.metadata().granted().contains(field::segment_bytes));
  CHECK_FALSE(coalesces(receiver.socket()));
}

TEST_CASE("coalescing guard ignores real coalescing and jumbo datagrams until it finds an unmarked "
          "buffer",
          "[coalescing_guard]") {
  asio::io_context io;
  std::size_t packets = 0;
  std::size_t flagged = 0;
  ancillary::receiver receiver(
      io, loopback_any_port(), counted{&packets, &flagged},
      {.metadata = ancillary::want({field::segment_bytes}),
       .guard = {.largest_datagram_bytes = 1000, .by_interface_mtu = true}});
  loopback_sender from(receiver.local_endpoint());
  if (!send_in_segments_of(from.socket(), 1000)) {
    SKIP_BECAUSE("no segmentation offload here");
  }
  receiver.start();
  from.send(std::string(9500, 'x'));
  REQUIRE(run_until(io, [&] { return packets == 10; }));
  CHECK(receiver.counters().coalesced_buffers == 1);
  CHECK(flagged == 0);
  CHECK(coalesces(receiver.socket()));
  REQUIRE(send_in_segments_of(from.socket(), 0));
  from.send(std::string(1001, 'x'));
  REQUIRE(run_until(io, [&] { return packets == 11; }));
  CHECK(flagged == 1);
  CHECK_FALSE(coalesces(receiver.socket()));
  CHECK(receiver.counters().unmarked_coalesced == 1);
}

TEST_CASE("coalescing guard with the interface's MTU, between two hosts", "[coalescing_guard]") {
  NEEDS_TWO_HOSTS(hosts);
  for (const auto& test : option_tests::both()) {
    const bool asks_for_interface = GENERATE(true, false);
    CAPTURE(test.far_address.to_string(), asks_for_interface);
    // The second link, whose MTU is 1,500 at both ends.
    const auto near = asio::ip::make_address(test.near_address.is_v4() ? "10.77.1.1" : "fd78::1");
    asio::io_context io;
    std::size_t packets = 0;
    std::size_t flagged = 0;
    ancillary::field_set wanted{field::segment_bytes};
    if (asks_for_interface) {
      wanted.insert(field::interface_index);
    }
    ancillary::receiver receiver(
        io, asio::ip::udp::endpoint(near, 0), counted{&packets, &flagged},
        {.metadata = ancillary::want(wanted), .guard = {.by_interface_mtu = true}});
    REQUIRE(receiver.metadata().granted().contains(field::segment_bytes));
    receiver.start();
    const auto to = receiver.local_endpoint();

    // From this host, larger than its interface's MTU: not flagged.
    asio::ip::udp::socket own(io, asio::ip::udp::endpoint(near, 0));
    own.send_to(asio::buffer(std::string(60000, 'x')), to);
    REQUIRE(run_until(io, [&] { return packets == 1; }));
    CHECK(flagged == 0);
    CHECK(coalesces(receiver.socket()));

    // From the other host: datagrams that pass the link unfragmented are not flagged either.
    auto far = hosts.on_far([&] { return asio::ip::udp::socket(io, test.protocol); });
    const std::size_t fits = 1500 - test.header_bytes;
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, fits}) {
      far.send_to(asio::buffer(std::string(bytes, 'x')), to);
    }
    REQUIRE(run_until(io, [&] { return packets == 4; }));
    CHECK(flagged == 0);

    // Reassembled from fragments, it looks like a coalesced buffer: the documented limit of this
    // guard.
    far.send_to(asio::buffer(std::string(3000, 'x')), to);
    REQUIRE(run_until(io, [&] { return packets == 5; }));
    CHECK(flagged == 1);
    CHECK_FALSE(coalesces(receiver.socket()));
  }
}
