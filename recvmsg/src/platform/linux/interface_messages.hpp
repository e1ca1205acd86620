// What rtnetlink(7) says of interfaces and addresses.
#pragma once

#include <ancillary/recvmsg/network_interface.hpp>

#include <cstddef>
#include <span>
#include <system_error>
#include <vector>

namespace ancillary::detail {

// Appends the interface of an RTM_NEWLINK message. The messages come without their netlink headers;
// one that is too short adds nothing.
void add_link(std::vector<network_interface>& to, std::span<const std::byte> message);

// Adds the address of an RTM_NEWADDR message to its interface, if that is in the list.
void add_address(std::vector<network_interface>& to, std::span<const std::byte> message);

// As ancillary::list_network_interfaces(), of the network namespace of a netlink socket.
[[nodiscard]] std::vector<network_interface> list_network_interfaces(int netlink,
                                                                     std::error_code& error);

} // namespace ancillary::detail
