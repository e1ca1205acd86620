// Sends datagrams with an individual source address, interface, hop limit, DSCP or ECN.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/outgoing.hpp>
#include <ancillary/recvmsg/send_counters.hpp>

#include <asio/compose.hpp>
#include <asio/error.hpp>
#include <asio/ip/udp.hpp>
#include <asio/post.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <system_error>
#include <utility>

namespace ancillary {

// Why the library refuses to send a datagram; the system has its own errors.
enum class send_errc {
  family_mismatch = 1, // an IPv6 remote on an IPv4 socket, or a source of the other family
  ecn_refused,         // ECN "congestion experienced", which Windows refuses to send
  remote_refused,      // a reply to a remote that outgoing::is_reply excludes
};

// The category of send_errc, "ancillary.send".
[[nodiscard]] ANCILLARY_API const std::error_category& send_category() noexcept;
[[nodiscard]] ANCILLARY_API std::error_code make_error_code(send_errc error) noexcept;

namespace detail {
struct sender_parts;
} // namespace detail

// How a sender sends.
struct sender_options {
  // Sends runs of datagrams that differ only in their bytes, with one size and one peer, as one
  // segmented payload (UDP_SEGMENT, UDP_SEND_MSG_SIZE).
  bool segment_runs = false;

  // False: the library splits segmented payloads itself. It does so in any case on Linux 7.0 to
  // 7.1.4, which corrupts segments of equal size (tailscale, issue 19777).
  bool segment_offload = true;
};

// Sends on the caller's socket without blocking and without an event loop, with one system call for
// up to 64 datagrams where supported (sendmmsg).
//
// Threads: calls on one sender must not overlap, except counters(). Several senders can share a
// socket, also with a receiver. No allocation after construction.
class ANCILLARY_API sender {
public:
  // A file descriptor, or a SOCKET on Windows.
  using native_handle_type = asio::ip::udp::socket::native_handle_type;

  // Borrows an open UDP socket and, on Windows, makes it non-blocking. Throws std::system_error.
  explicit sender(native_handle_type socket, const sender_options& options = {});
  sender(native_handle_type socket, const sender_options& options, std::error_code& error);

  sender(sender&&) noexcept;
  // Moves; the sender assigned to gives up its own state.
  sender& operator=(sender&&) noexcept;
  ~sender();

  // Sends in order and returns how many datagrams were sent. If that is not all, `error` is the
  // reason for the next one: asio::error::would_block if the send buffer is full (retry when the
  // socket is writable), else the error of that datagram (continue after it).
  //
  // If the library has to split a segmented payload and the send buffer fills up, it can stop
  // part-way: the next call continues within the payload if it begins with the same one (bytes at
  // the same place, remote and segment size). So change its bytes only after it was sent, or after
  // a call that began with another datagram.
  [[nodiscard]] std::size_t send(std::span<const outgoing> datagrams,
                                 std::error_code& error) noexcept;

  // Safe from any thread.
  [[nodiscard]] send_counters counters() const noexcept;

private:
  std::unique_ptr<detail::sender_parts> parts_;
};

namespace detail {

// Sends one datagram on a socket of any family, without blocking: on Windows, makes the socket
// non-blocking. `progress_bytes`, initially 0, is where a payload that has to be split continues.
ANCILLARY_API void send_one(sender::native_handle_type socket, const outgoing& datagram,
                            std::size_t& progress_bytes, std::error_code& error) noexcept;

struct async_send_operation {
  asio::ip::udp::socket& socket;
  outgoing datagram;
  std::size_t progress_bytes = 0;
  bool tried = false;

  template <class Self>
  void operator()(Self& self, std::error_code error = {}) {
    if (std::exchange(tried, true) && (error || finished)) {
      self.complete(error ? error : result);
      return;
    }
    send_one(socket.native_handle(), datagram, progress_bytes, result);
    if (result == asio::error::would_block) {
      socket.async_wait(asio::socket_base::wait_write, std::move(self));
    } else {
      // The handler is never called from within async_send.
      finished = true;
      asio::post(socket.get_executor(), std::move(self));
    }
  }

  bool finished = false;
  std::error_code result{};
};

} // namespace detail

// Sends one datagram as soon as the socket's send buffer has room; makes the socket non-blocking on
// Windows. The completion signature is void(std::error_code). The payload and the socket must
// remain valid until then; the rest of `datagram` is copied. Cancelled like Asio's own operations.
template <class CompletionToken>
auto async_send(asio::ip::udp::socket& socket, const outgoing& datagram, CompletionToken&& token) {
  return asio::async_compose<CompletionToken, void(std::error_code)>(
      detail::async_send_operation{socket, datagram}, token, socket);
}

} // namespace ancillary

template <>
struct std::is_error_code_enum<ancillary::send_errc> : std::true_type {};
