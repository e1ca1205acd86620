// The caller's own operations on a receiver's socket, queued behind the receiver's. On Windows, a
// pending receive takes a datagram before anybody else sees the socket readable.
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/receiver.hpp>

#include <asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <system_error>

using namespace ancillary_test;
using ancillary::packet;

TEST_CASE("the caller's async_wait on the receiver's socket completes when a datagram arrives",
          "[waiting]") {
  asio::io_context io;
  std::size_t delivered = 0;
  ancillary::receiver receiver(io, loopback_any_port(), [&](const packet&) { ++delivered; });
  receiver.start();
  std::size_t waits_ended = 0;
  std::function<void()> wait = [&] {
    receiver.socket().async_wait(asio::socket_base::wait_read, [&](const std::error_code& error) {
      if (!error) {
        ++waits_ended;
      }
    });
  };
  for (std::size_t i = 1; i <= 3; ++i) {
    wait();
    io.restart();
    io.poll();
    loopback_sender(receiver.local_endpoint()).send("x");
    CHECK(run_until(io, [&] { return delivered == i && waits_ended == i; }));
  }
}
