// Entries of the error queue that are no errors of a datagram, and errors without an entry.
#include "error_queue_socket.hpp"
#include "platform/linux/error_queue.hpp"
#include <ancillary/recvmsg/drain.hpp>
#include <ancillary/recvmsg/receiver.hpp>

#include <algorithm>
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <cerrno>
#include <linux/net_tstamp.h>
#include <vector>

using namespace ancillary_test;
using ancillary::packet;
using ancillary::receive_condition;

namespace {

// Each datagram that leaves puts its timestamp into the error queue.
void stamp_what_leaves(asio::ip::udp::socket& socket) {
  const int stamps = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  REQUIRE(::setsockopt(socket.native_handle(), SOL_SOCKET, SO_TIMESTAMPING, &stamps,
                       sizeof stamps) == 0);
}

} // namespace

TEST_CASE("error queue: an entry that is not an error never looks like success", "[errors]") {
  asio::io_context io;
  auto socket = socket_with_error_queue(io);
  stamp_what_leaves(socket);
  asio::ip::udp::socket peer(io, loopback_any_port());
  socket.send_to(asio::buffer("x", 1), peer.local_endpoint());
  ancillary::drain drain(socket.native_handle());
  ancillary::receive_error error;
  REQUIRE(poll_until([&] {
    error = drain.receive([](const packet&) {}).error;
    return error.condition != receive_condition::none;
  }));
  CHECK(error.condition == receive_condition::other);
  CHECK(error.code);
  CHECK_FALSE(error.fatal);
}

TEST_CASE("error queue: many entries that are not errors do not end the loop", "[errors]") {
  constexpr std::size_t count = 40; // unknown errors in a row end it after fewer
  asio::io_context io;
  auto socket = socket_with_error_queue(io);
  stamp_what_leaves(socket);
  asio::ip::udp::socket peer(io, loopback_any_port());
  for (std::size_t i = 0; i < count; ++i) {
    socket.send_to(asio::buffer("x", 1), peer.local_endpoint());
  }
  std::size_t delivered = 0;
  ancillary::receiver receiver(std::move(socket), [&](const packet&) { ++delivered; },
                               {.error_detail = true});
  std::vector<ancillary::receive_error> errors;
  receiver.on_error([&](const ancillary::receive_error& error) { errors.push_back(error); });
  receiver.start();
  REQUIRE(run_until(io, [&] { return errors.size() == count; }));
  CHECK(std::none_of(errors.begin(), errors.end(), [](const auto& each) { return each.fatal; }));
  loopback_sender(receiver.local_endpoint()).send("still alive");
  CHECK(run_until(io, [&] { return delivered == 1; }));
}

TEST_CASE("error queue: EACCES and EPROTO of a receive are ICMP errors", "[errors]") {
  const int code = GENERATE(EACCES, EPROTO);
  CHECK(ancillary::detail::linux_condition(code) == receive_condition::host_unreachable);
}
