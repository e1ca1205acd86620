#pragma once

#include "command_line.hpp"
#include <ancillary/recvmsg/group_membership.hpp>

#include <asio/ip/udp.hpp>
#include <memory>
#include <string>
#include <vector>

namespace tool {

// Makes the socket a member of the groups of the arguments, and keeps it one while interfaces come
// and go; says so on standard error when that changes. Null without groups. Throws set_up_error,
// also for a group that a socket on the arguments' address never receives, and for an interface
// that does not exist. Adds a line for whatever the user should know.
[[nodiscard]] std::unique_ptr<ancillary::group_membership>
join_groups(asio::ip::udp::socket& socket, const command_line& arguments,
            std::vector<std::string>& notes);

} // namespace tool
