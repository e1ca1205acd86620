// The error queue of a socket whose owner enabled IP_RECVERR or IPV6_RECVERR.
#pragma once

#include "common/native_socket.hpp"
#include <ancillary/recvmsg/receive_error.hpp>

namespace ancillary::detail {

// The condition for an errno of a receive call or of an error queue entry.
[[nodiscard]] receive_condition linux_condition(int error) noexcept;

// Takes one error off the queue; condition none if it is empty or neither option is enabled: then
// the queue belongs to others, for example for transmit timestamps. An entry that is not read keeps
// the socket ready (EPOLLERR).
[[nodiscard]] receive_error take_queued_error(native_socket socket) noexcept;

} // namespace ancillary::detail
