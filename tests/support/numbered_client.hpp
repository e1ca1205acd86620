#pragma once

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <cstdint>
#include <system_error>

namespace ancillary_test {

// Connected to a server: the system drops datagrams from elsewhere. It expects replies with
// numbers, in the order in which it sent them.
class numbered_client {
public:
  explicit numbered_client(const asio::ip::udp::endpoint& server)
      : socket_(io_, {server.protocol(), 0}) {
    socket_.connect(server);
    socket_.non_blocking(true);
  }

  void send_up_to(std::uint32_t end) {
    for (; sent_ < end; ++sent_) {
      socket_.send(asio::buffer(&sent_, sizeof sent_));
    }
  }

  // Reads the replies that have arrived. Some may be missing, and then the numbers have gaps.
  std::uint32_t answers() {
    std::uint32_t number = 0;
    std::error_code error;
    while (socket_.receive(asio::buffer(&number, sizeof number), 0, error) == sizeof number) {
      in_order_ = in_order_ && number >= next_ && number < sent_;
      next_ = number + 1;
      ++answers_;
    }
    return answers_;
  }
  [[nodiscard]] bool in_order() const noexcept { return in_order_; }

private:
  asio::io_context io_;
  asio::ip::udp::socket socket_;
  std::uint32_t sent_ = 0;
  std::uint32_t next_ = 0;
  std::uint32_t answers_ = 0;
  bool in_order_ = true;
};

} // namespace ancillary_test
