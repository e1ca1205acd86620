// How several lanes receive on one port. Part of the seam: one .cpp for each platform.
#pragma once

#include "platform/driver.hpp"
#include <ancillary/recvmsg/lane_steering.hpp>

#include <cstddef>
#include <system_error>

namespace ancillary::detail {

// Whether each lane has a socket of its own; else all receive on one, in one context.
[[nodiscard]] bool a_socket_for_each_lane() noexcept;

// Lets other sockets of this user bind to the port of this one.
[[nodiscard]] std::error_code share_port(native_socket socket) noexcept;

// Has datagrams for the port distributed so; `socket` is any of the `lanes` that share it, which
// were bound in the order of their numbers.
[[nodiscard]] std::error_code steer_lanes(native_socket socket, lane_steering steering,
                                          std::size_t lanes) noexcept;

} // namespace ancillary::detail
