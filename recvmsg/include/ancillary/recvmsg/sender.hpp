// Sending datagrams with a source address, interface, hop limit, DSCP or ECN of their own.
#pragma once

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

// Why a datagram is not fit to be sent, besides what the system says.
enum class send_errc {
  family_mismatch = 1, // an IPv6 remote on an IPv4 socket, or a source of the other family
  ecn_refused,         // ECN "congestion experienced", which Windows does not let a program send
};

[[nodiscard]] const std::error_category& send_category() noexcept;
[[nodiscard]] std::error_code make_error_code(send_errc error) noexcept;

namespace detail {
struct sender_parts;
} // namespace detail

struct sender_options {
  // Runs of datagrams of one size to one peer, alike in everything but their bytes, leave as one
  // payload that is cut up on its way out (UDP_SEGMENT, UDP_SEND_MSG_SIZE).
  bool segment_runs = false;
};

// Sends on a socket of the caller's, without blocking and without an event loop; in one call of the
// system for up to 64 datagrams where it has that (sendmmsg).
//
// Threads: calls on one sender must not overlap, save counters(). Several senders can share a
// socket, also beside a receiver. Nothing is allocated after construction.
class sender {
public:
  using native_handle_type = asio::ip::udp::socket::native_handle_type;

  // Borrows an open UDP socket. On Windows it is made non-blocking. Throws std::system_error.
  explicit sender(native_handle_type socket, const sender_options& options = {});
  sender(native_handle_type socket, const sender_options& options, std::error_code& error);

  sender(sender&&) noexcept;
  sender& operator=(sender&&) noexcept;
  ~sender();

  // Sends in order and returns how many left. When that is not all, `error` says why the next one
  // did not: asio::error::would_block when the send buffer is full (try again when the socket is
  // writable), else what is wrong with it (go on behind it).
  //
  // A segmented payload that the library has to cut up can stop half-way when the buffer is full:
  // the next call goes on within it if it begins with the same payload.
  [[nodiscard]] std::size_t send(std::span<const outgoing> datagrams,
                                 std::error_code& error) noexcept;

  // From any thread.
  [[nodiscard]] send_counters counters() const noexcept;

private:
  std::unique_ptr<detail::sender_parts> parts_;
};

namespace detail {

// One datagram on a socket of any family, without blocking. `progress_bytes` is where a payload
// that has to be cut up goes on; it begins at 0.
void send_one(sender::native_handle_type socket, const outgoing& datagram,
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

// Sends one datagram as soon as there is room for it in the socket's send buffer. The token's
// signature is void(std::error_code). The payload and the socket must stay until then; the rest of
// `datagram` is copied. Cancelled as other operations of Asio's on the socket are.
template <class CompletionToken>
auto async_send(asio::ip::udp::socket& socket, const outgoing& datagram, CompletionToken&& token) {
  return asio::async_compose<CompletionToken, void(std::error_code)>(
      detail::async_send_operation{socket, datagram}, token, socket);
}

} // namespace ancillary

template <>
struct std::is_error_code_enum<ancillary::send_errc> : std::true_type {};
