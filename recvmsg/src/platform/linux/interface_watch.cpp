#include "platform/interface_watch.hpp"

#include "platform/linux/interface_messages.hpp"
#include "platform/linux/link_history.hpp"
#include "platform/linux/netlink.hpp"
#include "platform/linux/system_calls.hpp"

#include <array>
#include <asio/error.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <linux/if_link.h>
#include <sys/socket.h>
#include <utility>

namespace ancillary::detail {

namespace {

std::error_code last_error() noexcept { return {errno, asio::error::get_system_category()}; }

class netlink_watch final : public interface_watch {
public:
  netlink_watch(const asio::any_io_executor& executor, std::error_code& error)
      : events_(executor), lists_(error) {
    if (error) {
      return;
    }
    netlink_socket events(error);
    if (error) {
      return;
    }
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
    if (system.bind(events.descriptor(), reinterpret_cast<const sockaddr*>(&address),
                    sizeof address) != 0) {
      error = last_error();
      return;
    }
    events_.assign(events.descriptor(), error);
    if (!error) {
      static_cast<void>(events.release());
    }
  }

  void wait(std::function<void()> on_event) override {
    events_.async_wait(asio::posix::stream_descriptor::wait_read,
                       [on_event = std::move(on_event)](const std::error_code& error) {
                         if (error != asio::error::operation_aborted) {
                           on_event(); // take() finds the reason for an error
                         }
                       });
  }

  interface_events take(std::error_code& error) override {
    interface_events events;
    error.clear();
    while (read(events, error)) {
    }
    if (events.lost) {
      links_.forget();
    }
    return events;
  }

  std::vector<network_interface> list(std::error_code& error) override {
    auto all = list_network_interfaces(lists_.descriptor(), error);
    links_.begin(all);
    return all;
  }

private:
  // False when there is no more to read.
  bool read(interface_events& to, std::error_code& error) {
    iovec vector{buffer_.data(), buffer_.size()};
    msghdr header{};
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    const ssize_t bytes = system.recvmsg(events_.native_handle(), &header, MSG_DONTWAIT);
    if (bytes < 0) {
      if (errno == ENOBUFS) {
        to.lost = true; // reported once; then what the socket has kept
        return true;
      }
      if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        error = last_error();
      }
      return errno == EINTR;
    }
    to.lost |= (header.msg_flags & MSG_TRUNC) != 0;
    note(to, std::span(buffer_).first(static_cast<std::size_t>(bytes)));
    return bytes != 0;
  }

  void note(interface_events& to, std::span<const std::byte> messages) {
    for_each_message(messages, [&](const nlmsghdr& head, auto message) {
      const auto link = load_value<ifinfomsg>(message);
      const auto index = static_cast<std::uint32_t>(link.ifi_index);
      if (head.nlmsg_type == RTM_NEWLINK) {
        if (const auto interruption = links_.changed(message)) {
          to.interrupted.push_back(*interruption);
        }
      } else if (head.nlmsg_type == RTM_DELLINK && link.ifi_family == AF_UNSPEC) {
        // With AF_BRIDGE the link has only left its bridge.
        links_.removed(index);
        to.removed.push_back(index);
      }
      return true;
    });
  }

  asio::posix::stream_descriptor events_;
  const netlink_socket lists_;
  link_history links_;
  std::array<std::byte, longest_netlink_bytes> buffer_{};
};

} // namespace

std::unique_ptr<interface_watch> make_interface_watch(const asio::any_io_executor& executor,
                                                      std::error_code& error) {
  error.clear();
  auto made = std::make_unique<netlink_watch>(executor, error);
  return error ? nullptr : std::unique_ptr<interface_watch>(std::move(made));
}

} // namespace ancillary::detail
