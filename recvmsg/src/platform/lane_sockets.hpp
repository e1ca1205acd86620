// How several lanes receive on one port; one .cpp for each platform.
#pragma once

#include "platform/driver.hpp"
#include <ancillary/recvmsg/lane_steering.hpp>

#include <cstddef>
#include <system_error>

namespace ancillary::detail {

// Whether each lane has its own socket; otherwise all lanes receive on one, in one context, unless
// the next is true.
[[nodiscard]] bool a_socket_for_each_lane() noexcept;

// Whether sockets of this number can share a port so that each receives what arrived on one of the
// processors. Tries it with two sockets.
[[nodiscard]] bool a_socket_for_each_processor(std::size_t sockets);

// For such a socket, before its bind: the processor of this number, from 0.
[[nodiscard]] std::error_code receive_from_processor(native_socket socket,
                                                     std::size_t processor) noexcept;

// Allows other sockets of this user to bind to this socket's port.
[[nodiscard]] std::error_code share_port(native_socket socket) noexcept;

// Distributes the port's datagrams as requested; `socket` is any of the `lanes` sockets that share
// it, which were bound in the order of their numbers.
[[nodiscard]] std::error_code steer_lanes(native_socket socket, const lane_steering& steering,
                                          std::size_t lanes) noexcept;

// Distributes by flow again, whatever was requested before.
[[nodiscard]] std::error_code forget_steering(native_socket socket) noexcept;

} // namespace ancillary::detail
