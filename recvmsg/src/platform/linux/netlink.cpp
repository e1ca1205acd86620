#include "platform/linux/netlink.hpp"

#include "platform/linux/system_calls.hpp"

#include <asio/error.hpp>
#include <cerrno>
#include <optional>
#include <unistd.h>
#include <vector>

namespace ancillary::detail {

namespace {

std::error_code netlink_error(int number) noexcept {
  return {number, asio::error::get_system_category()};
}

// The longest request: links without their statistics.
struct list_request {
  nlmsghdr head{};
  ifinfomsg body{}; // begins like an ifaddrmsg, with the address family: any
  rtattr mask_head{sizeof(rtattr) + sizeof(std::uint32_t), IFLA_EXT_MASK};
  std::uint32_t mask = RTEXT_FILTER_SKIP_STATS;
};

bool ask(int netlink, std::uint16_t kind) noexcept {
  list_request request;
  request.head.nlmsg_len = kind == RTM_GETLINK ? sizeof request : offsetof(list_request, mask_head);
  request.head.nlmsg_type = kind;
  request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  const auto bytes = static_cast<ssize_t>(request.head.nlmsg_len);
  return system.send(netlink, &request, request.head.nlmsg_len, MSG_NOSIGNAL) == bytes;
}

// How a list ended, or empty while there is more.
std::optional<std::error_code> read_part(std::span<const std::byte> part, bool& is_interrupted,
                                         const netlink_visitor& visit) {
  std::optional<std::error_code> end;
  const bool is_well_formed = for_each_message(part, [&](const nlmsghdr& head, auto message) {
    is_interrupted |= (head.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    if (head.nlmsg_type == NLMSG_DONE) {
      end = std::error_code();
    } else if (head.nlmsg_type == NLMSG_ERROR) {
      end = netlink_error(-load_value<nlmsgerr>(message).error);
    } else {
      visit(message);
    }
    return !end;
  });
  if (!is_well_formed && !end) {
    end = netlink_error(EBADMSG);
  }
  return end;
}

// -1 when there is nothing to read, with the reason in errno.
ssize_t read(int netlink, std::span<std::byte> to) noexcept {
  iovec vector{to.data(), to.size()};
  msghdr header{};
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  return system.recvmsg(netlink, &header, MSG_DONTWAIT);
}

std::error_code read_list(int netlink, std::span<std::byte> part, const netlink_visitor& visit) {
  bool is_interrupted = false;
  std::optional<std::error_code> end;
  while (!end) {
    const ssize_t bytes = read(netlink, part);
    if (bytes <= 0) {
      return netlink_error(bytes == 0 ? EBADMSG : errno);
    }
    end = read_part(part.first(static_cast<std::size_t>(bytes)), is_interrupted, visit);
  }
  return *end ? *end : netlink_error(is_interrupted ? EAGAIN : 0);
}

} // namespace

netlink_socket::netlink_socket(std::error_code& error) noexcept
    : descriptor_(
          system.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)) {
  error = netlink_error(descriptor_ < 0 ? errno : 0);
}

netlink_socket::~netlink_socket() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

std::error_code list_objects(int netlink, std::uint16_t kind, const netlink_visitor& visit) {
  if (!ask(netlink, kind)) {
    return netlink_error(errno);
  }
  std::vector<std::byte> part(longest_netlink_bytes);
  const std::error_code error = read_list(netlink, part, visit);
  if (error) {
    while (read(netlink, part) > 0) {
    }
  }
  return error;
}

} // namespace ancillary::detail
