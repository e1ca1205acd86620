// A connection between two processes on a Unix socket.
#pragma once

#include "platform/hand_over_channel.hpp"

#include <asio/io_context.hpp>
#include <asio/local/stream_protocol.hpp>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace ancillary::detail {

// Only this user and root may give or get the sockets.
[[nodiscard]] std::error_code check_peer(int socket) noexcept;

// For an address of a Unix socket, with room for a suffix of listen_for_successor().
[[nodiscard]] bool is_too_long(const std::string& path) noexcept;

class unix_channel final : public hand_over_channel {
public:
  using stream_socket = asio::local::stream_protocol::socket;

  // `io`, the socket's, runs on the calling thread while it waits, and ends waits by setting
  // `interrupted`.
  unix_channel(stream_socket socket, asio::io_context& io, const bool& interrupted)
      : socket_(std::move(socket)), io_(io), interrupted_(interrupted) {}

  std::error_code send(std::string_view text, std::span<const native_socket> sockets) override;
  std::error_code receive(hand_over_message& message, std::chrono::milliseconds patience) override;
  std::error_code receive_last(hand_over_message& message) override;
  bool is_open() noexcept override;

private:
  // Calls wait() before each read; its error ends the reading.
  template <class Wait>
  [[nodiscard]] std::error_code read_frame(hand_over_message& message, Wait wait);
  [[nodiscard]] ssize_t read_part(std::span<std::byte> to, std::vector<native_socket>& sockets);
  [[nodiscard]] std::error_code wait_until(std::chrono::steady_clock::time_point until);

  stream_socket socket_;
  asio::io_context& io_;
  const bool& interrupted_;
};

} // namespace ancillary::detail
