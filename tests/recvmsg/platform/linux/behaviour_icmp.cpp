// An ICMP error for a connected socket's send; every way of receiving continues after it.

#include "support/catch.hpp"
#include "support/ways_to_receive.hpp"

#include <asio/buffer.hpp>

using namespace ancillary_test;

TEMPLATE_TEST_CASE("an ICMP error is reported and receiving continues", "[behaviour]",
                   callback_form, batch_callback_form, coroutine_form, completion_form,
                   own_loop_form) {
  // Not for lanes, which open their own, unconnected sockets.
  // Nothing listens at the destination at first; later a socket does, and replies.
  asio::io_context peer_io;
  asio::ip::udp::socket peer(peer_io, any_port("127.0.0.1"));
  const auto peer_endpoint = peer.local_endpoint();
  peer.close();
  TestType way(
      [&](asio::io_context& io) {
        asio::ip::udp::socket socket(io, any_port("127.0.0.1"));
        socket.connect(peer_endpoint);
        return socket;
      },
      {});
  way.socket().send(asio::buffer("?", 1));
  REQUIRE(way.run_until([&] { return !way.seen.errors.empty(); }));
  CHECK(way.seen.errors[0].condition == receive_condition::port_unreachable);
  CHECK_FALSE(way.seen.errors[0].fatal);
  peer = asio::ip::udp::socket(peer_io, peer_endpoint);
  peer.send_to(asio::buffer("!", 1), way.socket().local_endpoint());
  CHECK(way.run_until([&] { return way.seen.delivered == 1; }));
  CHECK(way.counters().datagrams == 1);
}
