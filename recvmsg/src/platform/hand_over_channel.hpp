// How two processes of one host pass sockets to each other; one .cpp for each platform.
#pragma once

#include "common/native_socket.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace ancillary::detail {

// What one process tells the other.
struct hand_over_message {
  std::string text;                   // at most hand_over_text_bytes
  std::vector<native_socket> sockets; // of a received message: the receiver's own, to be closed
};

inline constexpr std::size_t hand_over_text_bytes = 120;
inline constexpr std::size_t hand_over_sockets = 64;

// A connection to the other process, which belongs to the same user or is privileged.
class hand_over_channel {
public:
  virtual ~hand_over_channel() = default;

  // Sends a message with at most hand_over_sockets sockets; the caller keeps its own.
  [[nodiscard]] virtual std::error_code send(std::string_view text,
                                             std::span<const native_socket> sockets) = 0;

  // Waits for a message. Errors: timed_out, and eof if the other has ended the connection.
  [[nodiscard]] virtual std::error_code receive(hand_over_message& message,
                                                std::chrono::milliseconds patience) = 0;

  // Takes no further message, so that the other's next send() fails, and receives the one that has
  // come before. Errors: eof if there is none.
  [[nodiscard]] virtual std::error_code receive_last(hand_over_message& message) = 0;

  // Whether the other has not ended the connection.
  [[nodiscard]] virtual bool is_open() noexcept = 0;
};

// Where other processes connect.
class hand_over_listener {
public:
  virtual ~hand_over_listener() = default;

  // Waits for a process that may connect. Null after interrupt().
  [[nodiscard]] virtual std::unique_ptr<hand_over_channel> accept() = 0;

  // Ends accept(), and receive() of the accepted channel, now and later. From any thread.
  virtual void interrupt() noexcept = 0;

  // Listens no more, and leaves the path to the other process.
  virtual void retire() noexcept = 0;
};

// Connects to the process that listens at `path`. Null without an error: nobody listens there.
[[nodiscard]] std::unique_ptr<hand_over_channel> connect_to_owner(const std::string& path,
                                                                  std::error_code& error);

// Listens at `path`, in place of whoever did before. Its destruction removes the path, unless
// another process has it by then.
[[nodiscard]] std::unique_ptr<hand_over_listener> listen_for_successor(const std::string& path,
                                                                       std::error_code& error);

// Closes a socket that was passed to this process.
void close_passed(native_socket socket) noexcept;

// The sockets of activated_sockets() (passed_sockets.hpp). Throws std::system_error.
[[nodiscard]] std::vector<native_socket> activated_descriptors(std::string_view name);

} // namespace ancillary::detail
