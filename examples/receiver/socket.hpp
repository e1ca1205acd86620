// The tool's socket, set up step by step, so that each failure has a specific message.
#pragma once

#include "command_line.hpp"
#include <ancillary/recvmsg/metadata_request.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>

namespace tool {

// The metadata that the arguments request.
[[nodiscard]] ancillary::metadata_request request_of(const command_line& arguments);

// A bound socket that has joined its groups. Metadata is enabled before the bind, so that the first
// datagram has it too. Throws set_up_error.
[[nodiscard]] asio::ip::udp::socket open_socket(asio::io_context& io,
                                                const command_line& arguments);

} // namespace tool
