// One run of the sender tool: from the socket to the summary.
#pragma once

#include "command_line.hpp"
#include "standard_output.hpp"
#include <ancillary/recvmsg/receiver.hpp>
#include <ancillary/recvmsg/sender.hpp>

#include <array>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tool {

class session {
public:
  // Opens the socket and prints its port on standard error. Throws set_up_error.
  session(asio::io_context& io, const command_line& arguments);

  // Sends until the count, the duration, a signal or a failure ends it. Returns the exit status.
  int run();

private:
  using clock = std::chrono::steady_clock;
  static constexpr std::size_t batch_size = 64; // of one sendmmsg call of the library

  // Datagrams that come in are not read; the receiver is there for the errors.
  struct ignore {
    void operator()(std::span<const ancillary::packet>) const noexcept {}
  };

  void step();
  void prepare(std::size_t count);
  [[nodiscard]] std::uint64_t due() const;
  void send_pending();
  void print(std::span<const ancillary::outgoing> sent);
  void on_send_error(const std::error_code& error);
  void on_receive_error(const ancillary::receive_error& error);
  void finish_sending();
  void end();
  void fail(const std::string& why);
  void say_summary() const;

  const command_line& arguments_;
  asio::io_context& io_;
  ancillary::receiver<ignore> socket_;
  ancillary::sender sender_;
  asio::signal_set signals_;
  asio::steady_timer timer_;
  std::optional<write_deadline> write_deadline_; // while it runs
  ancillary::outgoing model_;                    // what all datagrams have in common
  std::uint16_t source_port_ = 0;

  std::vector<std::byte> bytes_; // the payloads of a batch
  std::array<ancillary::outgoing, batch_size> batch_{};
  std::span<const ancillary::outgoing> pending_; // of the batch
  std::uint64_t number_ = 0;                     // of the first pending payload
  std::uint64_t failed_ = 0;
  std::uint64_t errors_reported_ = 0; // by the network
  std::string text_;                  // reuses its memory
  clock::time_point start_{};
  clock::time_point end_{};
  bool has_ended_ = false;
  int exit_status_ = 0;
};

} // namespace tool
