// The family of a socket, from what it was made with. Part of the seam.
#pragma once

#include "common/native_socket.hpp"
#include <ancillary/decoders/control_builder.hpp>

#include <system_error>

namespace ancillary::detail {

// Works for a socket that is not bound too. IPV6_V6ONLY does not tell: of an IPv4 socket Windows
// answers 1, as if it were one of IPv6 alone.
[[nodiscard]] ip_family socket_family(native_socket socket, std::error_code& error) noexcept;

} // namespace ancillary::detail
