// A process that sends what it is asked for, and the connection to it. It is a process of its own
// so that nothing of it shows in the receiver's account.
#pragma once

#include "traffic.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <cstdint>

namespace ancillary::bench {

// Serves one connection after another on a port of the loopback address, for ever; 0: one that the
// system chooses. `listening` is told which.
void serve_traffic(std::uint16_t port, void (*listening)(std::uint16_t port));

class sender_link {
public:
  // Throws std::system_error when there is nobody.
  explicit sender_link(std::uint16_t port);

  // Starts traffic. A drain has been sent when this returns; the other loads last until stop().
  void start(const traffic& wanted);

  // Ends it; returns the number of datagrams sent.
  std::uint64_t stop();

private:
  asio::io_context io_;
  asio::ip::tcp::socket socket_;
};

} // namespace ancillary::bench
