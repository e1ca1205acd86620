#include "platform/linux/error_queue.hpp"

#include "platform/linux/system_calls.hpp"

#include <array>
#include <asio/error.hpp>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <ctime> // linux/errqueue.h needs timespec
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <utility>

namespace ancillary::detail {

namespace {

// RFC 792 and RFC 4443, "time exceeded", which the kernel reports as EHOSTUNREACH and EPROTO.
constexpr std::uint8_t time_exceeded_v4 = 11;
constexpr std::uint8_t time_exceeded_v6 = 3;

bool is_enabled(native_socket socket, int level, int name) noexcept {
  int value = 0;
  socklen_t size = sizeof value;
  return system.getsockopt(socket, level, name, &value, &size) == 0 && value != 0;
}

receive_error error_of(const sock_extended_err& entry) noexcept {
  const int code = static_cast<int>(entry.ee_errno);
  receive_error error{linux_condition(code), {code, asio::error::get_system_category()}, false};
  if ((entry.ee_origin == SO_EE_ORIGIN_ICMP && entry.ee_type == time_exceeded_v4) ||
      (entry.ee_origin == SO_EE_ORIGIN_ICMP6 && entry.ee_type == time_exceeded_v6)) {
    error.condition = receive_condition::hop_limit_exceeded;
  }
  return error;
}

} // namespace

receive_condition linux_condition(int error) noexcept {
  switch (error) {
  case ECONNREFUSED:
    return receive_condition::port_unreachable;
  case EHOSTUNREACH:
  case ENETUNREACH:
  case ENOPROTOOPT: // ICMP protocol unreachable
  case EHOSTDOWN:
    return receive_condition::host_unreachable;
  case EMSGSIZE:
    return receive_condition::message_too_long;
  case ENETDOWN:
    return receive_condition::network_down;
  case ENOMEM:
  case ENOBUFS:
    return receive_condition::out_of_resources;
  case EINTR:
    return receive_condition::interrupted;
  case EBADF:
  case ENOTSOCK:
    return receive_condition::socket_closed;
  default:
    return receive_condition::other;
  }
}

void error_queue::look(native_socket socket, bool would_block) noexcept {
  const bool same_wake_up = std::exchange(after_datagrams_, false);
  if (!would_block || !same_wake_up) {
    asked_ = true;
    on_ = is_enabled(socket, IPPROTO_IP, IP_RECVERR) ||
          is_enabled(socket, IPPROTO_IPV6, IPV6_RECVERR);
  }
}

receive_error error_queue::take(native_socket socket) noexcept {
  if (!on_) {
    return {};
  }
  // The entry, the offender's address, and the control messages of other enabled options.
  alignas(cmsghdr) std::array<std::byte, 512> control;
  msghdr header{};
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  if (system.recvmsg(socket, &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
    return {};
  }
  for (cmsghdr* each = CMSG_FIRSTHDR(&header); each != nullptr; each = CMSG_NXTHDR(&header, each)) {
    const bool is_v4 = each->cmsg_level == IPPROTO_IP && each->cmsg_type == IP_RECVERR;
    const bool is_v6 = each->cmsg_level == IPPROTO_IPV6 && each->cmsg_type == IPV6_RECVERR;
    if ((is_v4 || is_v6) && each->cmsg_len >= CMSG_LEN(sizeof(sock_extended_err))) {
      sock_extended_err entry;
      std::memcpy(&entry, CMSG_DATA(each), sizeof entry);
      return error_of(entry);
    }
  }
  return {receive_condition::other, asio::error::operation_not_supported, false};
}

} // namespace ancillary::detail
