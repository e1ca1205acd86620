// A socket for a peer beside the one that listens. examples/per_peer.py and scripts/peer-load.py
// have many of them.
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/peer_sockets.hpp>
#include <ancillary/recvmsg/receiver.hpp>

#include <functional>
#include <optional>
#include <string>

using namespace ancillary_test;
using ancillary::field;
using ancillary::packet;
using asio::ip::udp;
using Catch::Matchers::ContainsSubstring;

namespace {

// Receives one datagram and calls `with` in the handler.
void with_request(const udp::endpoint& listening, ancillary::field_set fields,
                  const std::function<void(udp::socket&, const packet&)>& with) {
  asio::io_context io;
  std::optional<ancillary::receiver<std::function<void(const packet&)>>> listener;
  bool done = false;
  listener.emplace(
      io, listening,
      [&](const packet& request) {
        with(listener->socket(), request);
        done = true;
      },
      ancillary::receive_options{.metadata = ancillary::want(fields)});
  listener->start();
  const auto target = listening.address().is_v6()
                          ? udp::endpoint(asio::ip::address_v6::loopback(), 0)
                          : udp::endpoint(asio::ip::make_address("127.0.0.5"), 0);
  asio::ip::udp::socket out(io, listening.protocol());
  out.send_to(asio::buffer("x", 1), {target.address(), listener->local_endpoint().port()});
  REQUIRE(run_until(io, [&] { return done; }));
}

} // namespace

TEST_CASE("peer sockets: bound to the asked address, connected to who asked", "[peers]") {
  const bool v6 = GENERATE(false, true);
  with_request({v6 ? udp::v6() : udp::v4(), 0}, {field::destination},
               [&](udp::socket& listener, const packet& request) {
                 ancillary::share_with_peers(listener);
                 const udp::socket peer =
                     ancillary::open_peer_socket(listener, listener.get_executor(), request);
                 CHECK(peer.remote_endpoint() == request.remote());
                 CHECK(peer.local_endpoint().port() == listener.local_endpoint().port());
                 CHECK(peer.local_endpoint().address().to_string() == (v6 ? "::1" : "127.0.0.5"));
               });
}

TEST_CASE("peer sockets: of an IPv4 peer on a dual-stack listener", "[peers]") {
  asio::io_context io;
  std::optional<udp::endpoint> local;
  std::optional<ancillary::receiver<std::function<void(const packet&)>>> listener;
  ancillary::receive_options options;
  options.metadata.require({field::destination});
  options.dual_stack = true;
  listener.emplace(
      io, udp::endpoint(udp::v6(), 0),
      [&](const packet& request) {
        ancillary::share_with_peers(listener->socket());
        const udp::socket peer =
            ancillary::open_peer_socket(listener->socket(), io.get_executor(), request);
        local = peer.local_endpoint();
      },
      options);
  listener->start();
  loopback_sender from({asio::ip::make_address("127.0.0.5"), listener->local_endpoint().port()});
  from.send("x");
  REQUIRE(run_until(io, [&] { return local.has_value(); }));
  CHECK(local->address().to_string() == "127.0.0.5");
}

TEST_CASE("peer sockets: a listener of one address needs no destination", "[peers]") {
  with_request({asio::ip::make_address("127.0.0.5"), 0}, {},
               [&](udp::socket& listener, const packet& request) {
                 ancillary::share_with_peers(listener);
                 const udp::socket peer =
                     ancillary::open_peer_socket(listener, listener.get_executor(), request);
                 CHECK(peer.local_endpoint() == listener.local_endpoint());
               });
}

TEST_CASE("peer sockets: errors name the step and what would help", "[peers]") {
  const auto failing = [](ancillary::field_set fields, bool shares) {
    std::string problem;
    with_request({udp::v4(), 0}, fields, [&](udp::socket& listener, const packet& request) {
      try {
        if (shares) {
          ancillary::share_with_peers(listener);
        }
        static_cast<void>(ancillary::open_peer_socket(listener, listener.get_executor(), request));
      } catch (const std::system_error& error) {
        problem = error.what();
      }
    });
    return problem;
  };
  CHECK_THAT(failing({}, true), ContainsSubstring("require field::destination"));
  CHECK_THAT(failing({field::destination}, false),
             ContainsSubstring("share_with_peers()") && ContainsSubstring("EADDRINUSE"));
  asio::io_context io;
  udp::socket closed(io);
  CHECK_THROWS_WITH(ancillary::share_with_peers(closed),
                    ContainsSubstring("sharing the port") && ContainsSubstring("EBADF"));
}
