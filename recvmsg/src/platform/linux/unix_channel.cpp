#include "platform/linux/unix_channel.hpp"

#include "platform/linux/system_calls.hpp"

#include <array>
#include <asio/error.hpp>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace ancillary::detail {

namespace {

// A message as it is sent: of fixed size, because a stream has no boundaries of its own. The
// descriptors (SCM_RIGHTS, unix(7)) come with its first byte.
struct frame {
  std::uint32_t text_bytes = 0;
  std::uint32_t sockets = 0;
  std::array<char, hand_over_text_bytes> text{};
};

struct alignas(cmsghdr) descriptor_space {
  std::array<std::byte, CMSG_SPACE(hand_over_sockets * sizeof(int))> bytes{};
};

std::error_code error_now() noexcept { return {errno, asio::error::get_system_category()}; }

std::error_code broken() noexcept { return {EBADMSG, asio::error::get_system_category()}; }

msghdr header_of(iovec& data) noexcept {
  msghdr header{};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  return header;
}

// The descriptors of a received message; they are the process's own from here on.
void take_descriptors(msghdr& header, std::vector<native_socket>& to) {
  for (cmsghdr* each = CMSG_FIRSTHDR(&header); each != nullptr; each = CMSG_NXTHDR(&header, each)) {
    if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) {
      continue;
    }
    const std::size_t count = (each->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    const std::size_t before = to.size();
    to.resize(before + count);
    std::memcpy(to.data() + before, CMSG_DATA(each), count * sizeof(int));
  }
}

} // namespace

std::error_code check_peer(int socket) noexcept {
  ucred peer{};
  socklen_t bytes = sizeof peer;
  if (system.getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0) {
    return error_now();
  }
  const bool trusted = peer.uid == 0 || peer.uid == ::geteuid();
  return trusted ? std::error_code() : make_error_code(asio::error::no_permission);
}

bool is_too_long(const std::string& path) noexcept {
  return path.size() + sizeof ".2147483647" > sizeof sockaddr_un::sun_path;
}

std::error_code unix_channel::send(std::string_view text, std::span<const native_socket> sockets) {
  frame next{static_cast<std::uint32_t>(text.size()), static_cast<std::uint32_t>(sockets.size())};
  text.copy(next.text.data(), next.text.size());
  iovec data{&next, sizeof next};
  msghdr header = header_of(data);
  descriptor_space space;
  if (!sockets.empty()) {
    header.msg_control = space.bytes.data();
    header.msg_controllen = CMSG_SPACE(sockets.size_bytes());
    cmsghdr* const rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sockets.size_bytes());
    std::memcpy(CMSG_DATA(rights), sockets.data(), sockets.size_bytes());
  }
  // A few messages go to and fro in turns, so the buffer has room for a whole one.
  const ssize_t sent =
      system.sendmsg(socket_.native_handle(), &header, MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent == sizeof next ? std::error_code() : sent < 0 ? error_now() : broken();
}

std::error_code unix_channel::receive(hand_over_message& message,
                                      std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  return read_frame(message, [&] { return wait_until(until); });
}

std::error_code unix_channel::receive_last(hand_over_message& message) {
  std::error_code error;
  socket_.shutdown(stream_socket::shutdown_receive, error);
  return error ? error : read_frame(message, [] { return std::error_code(); });
}

bool unix_channel::is_open() noexcept {
  std::byte octet{};
  iovec data{&octet, sizeof octet};
  msghdr header = header_of(data);
  const ssize_t bytes = system.recvmsg(socket_.native_handle(), &header, MSG_DONTWAIT | MSG_PEEK);
  return bytes > 0 || (bytes < 0 && errno != ECONNRESET);
}

template <class Wait>
std::error_code unix_channel::read_frame(hand_over_message& message, Wait wait) {
  message = {};
  const auto fail = [&](const std::error_code& error) {
    for (const native_socket each : message.sockets) {
      close_passed(each);
    }
    message = {};
    return error;
  };
  frame next;
  const auto bytes = std::as_writable_bytes(std::span(&next, 1));
  for (std::size_t filled = 0; filled < bytes.size();) {
    if (const std::error_code error = wait()) {
      return fail(error);
    }
    const ssize_t read = read_part(bytes.subspan(filled), message.sockets);
    if (read == 0) {
      return fail(make_error_code(asio::error::eof));
    }
    if (read > 0) {
      filled += static_cast<std::size_t>(read);
    } else if (errno != EAGAIN && errno != EINTR) {
      return fail(error_now());
    }
  }
  if (next.text_bytes > next.text.size() || next.sockets != message.sockets.size()) {
    return fail(broken());
  }
  message.text.assign(next.text.data(), next.text_bytes);
  return {};
}

ssize_t unix_channel::read_part(std::span<std::byte> to, std::vector<native_socket>& sockets) {
  iovec data{to.data(), to.size()};
  msghdr header = header_of(data);
  descriptor_space space;
  header.msg_control = space.bytes.data();
  header.msg_controllen = space.bytes.size();
  const ssize_t bytes =
      system.recvmsg(socket_.native_handle(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (bytes > 0) {
    take_descriptors(header, sockets);
  }
  return bytes;
}

std::error_code unix_channel::wait_until(std::chrono::steady_clock::time_point until) {
  std::optional<std::error_code> end;
  socket_.async_wait(stream_socket::wait_read, [&](const std::error_code& error) { end = error; });
  io_.restart();
  while (!end && !interrupted_ && io_.run_one_until(until) != 0) {
  }
  if (!end) {
    std::error_code ignored;
    socket_.cancel(ignored);
    io_.restart();
    while (!end && io_.run_one() != 0) {
    }
    return make_error_code(interrupted_ ? asio::error::operation_aborted : asio::error::timed_out);
  }
  return *end;
}

} // namespace ancillary::detail
