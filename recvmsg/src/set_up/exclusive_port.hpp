// Part of the seam: one .cpp for each platform.
#pragma once

#include "common/native_socket.hpp"

#include <system_error>

namespace ancillary::detail {

// Keeps others from binding the port that this socket will be bound to, in one family of the two
// that it takes. Linux does so by itself; on Windows an IPv4 socket on the port would get the IPv4
// datagrams of a dual-stack one, without an error to either.
[[nodiscard]] std::error_code keep_port_exclusive(native_socket socket) noexcept;

} // namespace ancillary::detail
