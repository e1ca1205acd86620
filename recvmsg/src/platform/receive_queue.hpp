// The fill of a socket's receive buffer. Implemented by each platform.
#pragma once

#include "common/native_socket.hpp"
#include <ancillary/recvmsg/occupancy.hpp>

#include <optional>

namespace ancillary::detail {

// nullopt if the system does not tell.
[[nodiscard]] std::optional<receive_queue> receive_queue_of(native_socket socket) noexcept;

} // namespace ancillary::detail
