// The sender tool's socket.
#pragma once

#include "command_line.hpp"
#include "set_up_error.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>

namespace tool {

// The index of the interface of the arguments; 0 if they name none. Throws set_up_error.
[[nodiscard]] std::uint32_t interface_of(const command_line& arguments);

// Opens a socket, binds it to the source, and sets the socket options for the header fields of the
// arguments. Throws set_up_error.
[[nodiscard]] asio::ip::udp::socket open_socket(asio::io_context& io,
                                                const command_line& arguments);

} // namespace tool
