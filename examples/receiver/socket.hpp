// The tool's socket: what it asks the library for, and why that failed.
#pragma once

#include "command_line.hpp"
#include <ancillary/recvmsg/receive_options.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <string>
#include <system_error>

namespace tool {

// The metadata that the arguments request.
[[nodiscard]] ancillary::metadata_request request_of(const command_line& arguments);

// The options of a receiver on the arguments' address; "[::]" is for IPv4 as well.
[[nodiscard]] ancillary::receive_options options_of(const command_line& arguments);

// For --reuse: a socket on the arguments' address that shares its port, as options_of() would open
// it otherwise. On error the socket is closed.
[[nodiscard]] asio::ip::udp::socket open_shared(asio::io_context& io, const command_line& arguments,
                                                std::error_code& error);

// Why a receiver with these options could not be set up, in one line. `report`: the answers to its
// metadata request, empty without a socket.
[[nodiscard]] std::string reason_of(const std::error_code& error,
                                    const ancillary::metadata_report& report,
                                    const command_line& arguments);

} // namespace tool
