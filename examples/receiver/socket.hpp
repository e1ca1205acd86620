// The tool's socket, step by step, so that each failure can say what it was and what would help.
#pragma once

#include "command_line.hpp"
#include <ancillary/recvmsg/metadata_request.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>

namespace tool {

// What the arguments ask the system to report of each datagram.
[[nodiscard]] ancillary::metadata_request request_of(const command_line& arguments);

// A socket that is bound and has joined its groups. Metadata is switched on before it is bound, so
// that the first datagram has it too. Throws set_up_error.
[[nodiscard]] asio::ip::udp::socket open_socket(asio::io_context& io,
                                                const command_line& arguments);

} // namespace tool
