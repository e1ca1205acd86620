// echo_server [PORT]: echoes every datagram (RFC 862), on all addresses of this host, IPv4 and IPv6
// on one socket. The reply leaves from the request's destination address, with the request's DSCP
// and ECN.

#include "support/example_arguments.hpp"
#include <ancillary/recvmsg.hpp>

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <csignal>
#include <cstdint>
#include <exception>
#include <iostream>

namespace {

void echo(const ancillary::packet& request) {
  if (request.payload_truncated()) {
    return; // part of a datagram is no echo
  }
  ancillary::reply_options options;
  options.traffic_class = request.metadata().traffic_class();
  // The payload is part of the request, so it is not copied.
  request.reply(request.payload(), options);
}

} // namespace

int main(int argc, char** argv) {
  using ancillary::field;
  example::arguments arguments("Echoes every datagram (RFC 862)");
  std::uint16_t port = 7;
  arguments.add("PORT", port);
  if (const auto status = arguments.parse(argc, argv)) {
    return *status;
  }
  try {
    asio::io_context io;
    ancillary::receive_options options;
    options.metadata.require({field::destination}).want({field::traffic_class});
    options.dual_stack = true;
    // Slots for the longest datagrams; longer than that none is, so none is truncated.
    options.payload_capacity = 65535;
    options.batch = 16;
    // Waits instead of dropping replies; the receive buffer fills up meanwhile.
    options.on_full_send_buffer = ancillary::full_send_buffer::wait;
    ancillary::receiver server(io, {asio::ip::udp::v6(), port}, &echo, options);
    server.start();
    std::cout << "echoing on port " << server.local_endpoint().port() << std::endl;

    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](const std::error_code&, int) { server.stop(); });
    io.run();
    const ancillary::send_counters replies = server.reply_counters();
    std::cout << server.counters().datagrams << " received, " << replies.datagrams << " sent, "
              << replies.errors << " refused" << std::endl;
  } catch (const std::exception& problem) {
    std::cerr << "echo_server: " << ancillary::describe(problem) << std::endl;
    return 1;
  }
}
