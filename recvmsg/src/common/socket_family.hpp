// The address family with which a socket was opened. Implemented by each platform.
#pragma once

#include "common/native_socket.hpp"
#include <ancillary/decoders/control_builder.hpp>

#include <system_error>

namespace ancillary::detail {

// Works for unbound sockets too. IPV6_V6ONLY cannot be used: Windows returns 1 for an IPv4 socket.
[[nodiscard]] ip_family socket_family(native_socket socket, std::error_code& error) noexcept;

} // namespace ancillary::detail
