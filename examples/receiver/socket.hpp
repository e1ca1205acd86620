// The tool's socket: what it asks the library for, and why that failed.
#pragma once

#include "command_line.hpp"
#include <ancillary/recvmsg/receive_options.hpp>

#include <string>
#include <system_error>

namespace tool {

// The metadata that the arguments request.
[[nodiscard]] ancillary::metadata_request request_of(const command_line& arguments);

// The options of a receiver on the arguments' address; "[::]" is for IPv4 as well.
[[nodiscard]] ancillary::receive_options options_of(const command_line& arguments);

// Why a receiver with these options could not be set up, in one line. `report`: the answers to its
// metadata request, empty without a socket.
[[nodiscard]] std::string reason_of(const std::error_code& error,
                                    const ancillary::metadata_report& report,
                                    const command_line& arguments);

} // namespace tool
