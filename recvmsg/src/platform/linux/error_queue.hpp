// The error queue of a socket whose owner has switched IP_RECVERR or IPV6_RECVERR on.
#pragma once

#include "common/native_socket.hpp"
#include <ancillary/recvmsg/receive_error.hpp>

namespace ancillary::detail {

// What an errno of a receive call, or of an error queue's entry, is reported as.
[[nodiscard]] receive_condition linux_condition(int error) noexcept;

// Takes one error off the queue; condition none when there is none, or when neither option is on:
// then the queue belongs to others, who wait for transmit timestamps in it for one. An entry that
// is left makes the socket ready (EPOLLERR) for ever.
[[nodiscard]] receive_error take_queued_error(native_socket socket) noexcept;

} // namespace ancillary::detail
