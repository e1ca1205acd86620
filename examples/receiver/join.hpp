#pragma once

#include "command_line.hpp"

#include <asio/ip/udp.hpp>

namespace tool {

// Makes the socket a member of the group. Throws set_up_error.
void join(asio::ip::udp::socket& socket, const group_join& what);

} // namespace tool
