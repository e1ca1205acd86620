// A process that sends on request, and the connection to it. A separate process, so that its cost
// does not appear in the receiver's figures.
#pragma once

#include "traffic.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <cstdint>

namespace ancillary::bench {

// Serves one connection after another on a port of the loopback address, for ever; with 0 the
// system chooses the port. Passes the port to `listening`.
void serve_traffic(std::uint16_t port, void (*listening)(std::uint16_t port));

class sender_link {
public:
  // Throws std::system_error if no sender listens.
  explicit sender_link(std::uint16_t port);

  // Starts traffic. A drain is complete on return; the other loads last until stop().
  void start(const traffic& wanted);

  // Stops the traffic; returns the number of datagrams sent.
  std::uint64_t stop();

private:
  asio::io_context io_;
  asio::ip::tcp::socket socket_;
};

} // namespace ancillary::bench
