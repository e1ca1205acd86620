#include "bare.hpp"

#include <cerrno>
#include <system_error>
#include <unistd.h>

namespace ancillary::bench {

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

} // namespace

int open_bare_socket(std::span<const bare_option> options, in_addr_t address) {
  const int opened = socket(AF_INET, SOCK_DGRAM, 0);
  const int on = 1;
  for (const bare_option& each : options) {
    if (setsockopt(opened, each.level, each.name, &on, sizeof on) != 0) {
      fail("setsockopt");
    }
  }
  setsockopt(opened, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(address);
  if (bind(opened, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
    fail("bind");
  }
  return opened;
}

std::uint16_t port_of(int socket) {
  sockaddr_in name{};
  socklen_t length = sizeof name;
  getsockname(socket, reinterpret_cast<sockaddr*>(&name), &length);
  return ntohs(name.sin_port);
}

bare_batch::bare_batch(std::size_t batch, std::size_t payload_bytes, std::size_t control_bytes)
    : payload_bytes_(payload_bytes),
      storage_(batch * (payload_bytes + control_bytes)),
      names_(batch),
      vectors_(batch),
      headers_(batch) {
  std::byte* const controls = storage_.data() + batch * payload_bytes;
  for (std::size_t i = 0; i < batch; ++i) {
    vectors_[i] = {payloads() + i * payload_bytes, payload_bytes};
    msghdr& header = headers_[i].msg_hdr;
    header.msg_name = &names_[i];
    header.msg_namelen = sizeof names_[i];
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_control = controls + i * control_bytes;
    header.msg_controllen = control_bytes;
  }
}

bare_subject::~bare_subject() { close(socket_); }

bare_epoll::bare_epoll() : epoll_(epoll_create1(0)) {
  if (epoll_ < 0) {
    fail("epoll_create1");
  }
}

bare_epoll::~bare_epoll() { close(epoll_); }

void bare_epoll::add(int socket) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = socket;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0) {
    fail("epoll_ctl");
  }
}

std::span<const epoll_event> bare_epoll::wait() {
  const int ready = epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), -1);
  return {events_.data(), static_cast<std::size_t>(ready > 0 ? ready : 0)};
}

} // namespace ancillary::bench
