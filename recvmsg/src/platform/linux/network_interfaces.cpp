#include "platform/linux/interface_messages.hpp"
#include "platform/linux/netlink.hpp"
#include <ancillary/recvmsg/network_interface.hpp>

#include <asio/error.hpp>
#include <utility>

namespace ancillary {

namespace detail {

std::vector<network_interface> list_network_interfaces(int netlink, std::error_code& error) {
  // A list that changes while it is read is read again.
  constexpr int attempts = 4;
  for (int attempt = 0; attempt != attempts; ++attempt) {
    std::vector<network_interface> all;
    error = list_objects(netlink, RTM_GETLINK, [&](auto message) { add_link(all, message); });
    if (!error) {
      error = list_objects(netlink, RTM_GETADDR, [&](auto message) { add_address(all, message); });
    }
    if (!error) {
      return all;
    }
    if (error != asio::error::try_again) {
      break;
    }
  }
  return {};
}

} // namespace detail

std::vector<network_interface> list_network_interfaces(std::error_code& error) {
  const detail::netlink_socket netlink(error);
  return error ? std::vector<network_interface>()
               : detail::list_network_interfaces(netlink.descriptor(), error);
}

} // namespace ancillary
