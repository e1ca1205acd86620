#pragma once

#include "command_line.hpp"

#include <asio/ip/udp.hpp>
#include <string>
#include <vector>

namespace tool {

// Makes the socket a member of the groups of the arguments. Throws set_up_error, also for a group
// that a socket on the arguments' address never receives. Skips a repeated join. Returns a line for
// whatever the user should know.
[[nodiscard]] std::vector<std::string> join_groups(asio::ip::udp::socket& socket,
                                                   const command_line& arguments);

} // namespace tool
