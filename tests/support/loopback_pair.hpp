// A sender and a socket on the loopback interface, and waiting with a limit.
#pragma once

#include "support/patience.hpp"

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <chrono>
#include <string_view>
#include <thread>

namespace ancillary_test {

inline asio::ip::udp::endpoint loopback_any_port() { return {asio::ip::address_v4::loopback(), 0}; }

class loopback_sender {
public:
  explicit loopback_sender(const asio::ip::udp::endpoint& to)
      : to_(to), socket_(io_, loopback_any_port()) {}

  void send(std::string_view payload) {
    socket_.send_to(asio::buffer(payload.data(), payload.size()), to_);
  }
  [[nodiscard]] asio::ip::udp::socket& socket() noexcept { return socket_; }

private:
  asio::io_context io_;
  asio::ip::udp::endpoint to_;
  asio::ip::udp::socket socket_;
};

template <class Condition>
[[nodiscard]] bool poll_until(Condition holds) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

template <class Condition>
[[nodiscard]] bool run_until(asio::io_context& io, Condition holds) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    io.restart();
    io.run_one_for(std::chrono::milliseconds(10));
  }
  return true;
}

} // namespace ancillary_test
