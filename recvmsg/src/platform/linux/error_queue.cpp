#include "platform/linux/error_queue.hpp"

#include "common/error_condition.hpp"
#include "platform/linux/system_calls.hpp"
#include <ancillary/decoders/metadata_view.hpp>
#include <ancillary/decoders/transport_error.hpp>

#include <array>
#include <asio/error.hpp>
#include <cerrno>
#include <netinet/in.h>
#include <new>
#include <span>
#include <sys/socket.h>
#include <utility>

namespace ancillary::detail {

namespace {

bool is_enabled(native_socket socket, int level, int name) noexcept {
  int value = 0;
  socklen_t size = sizeof value;
  return system.getsockopt(socket, level, name, &value, &size) == 0 && value != 0;
}

receive_condition condition_of(const transport_error& cause) noexcept {
  switch (cause.origin) {
  case error_origin::icmp:
  case error_origin::icmpv6:
    return icmp_condition(cause);
  case error_origin::local:
    return linux_condition(cause.system_code);
  default:
    return receive_condition::other;
  }
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
  case EACCES: // ICMPv6 administratively prohibited
  case EPROTO: // ICMP parameter problem
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
    if (on_ && !entry_) {
      entry_.reset(new (std::nothrow) queued_error); // without memory, errors have no detail
    }
  }
}

receive_error error_queue::take(native_socket socket) noexcept {
  if (!on_) {
    return {};
  }
  // The error, and the control messages of the enabled options.
  alignas(cmsghdr) std::array<std::byte, 512> control;
  error_detail detail;
  iovec vector{};
  msghdr header{};
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  header.msg_name = detail.remote.data();
  header.msg_namelen = sizeof(sockaddr_in6);
  if (entry_) {
    vector = {entry_->payload.data(), entry_->payload.size()};
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
  }
  const auto bytes = system.recvmsg(socket, &header, MSG_ERRQUEUE | MSG_DONTWAIT);
  if (bytes < 0) {
    return {};
  }
  const std::span<const std::byte> control_data(control.data(), header.msg_controllen);
  if (const auto cause = decode_transport_error(layouts::native{}, control_data)) {
    detail.cause = *cause;
  }
  if (header.msg_namelen == 0) {
    detail.remote = {};
  }
  if (detail.cause.origin == error_origin::icmp || detail.cause.origin == error_origin::icmpv6) {
    // The ICMP message came back to the address that the datagram was sent from.
    detail.source = metadata_view(layouts::native{}, control_data).destination();
  }
  receive_error error{condition_of(detail.cause), asio::error::operation_not_supported};
  if (detail.cause.system_code != 0) { // else not an error, or not understood
    error.code = {detail.cause.system_code, asio::error::get_system_category()};
  }
  if (entry_) {
    detail.payload = std::span(entry_->payload).first(static_cast<std::size_t>(bytes));
    entry_->detail = detail;
    error.detail = &entry_->detail;
  }
  return error;
}

} // namespace ancillary::detail
