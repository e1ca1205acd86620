#include "platform/lane_sockets.hpp"

namespace ancillary::detail {

// A second socket on the port would get nothing: Windows gives each datagram to one of them, and
// always the same (SO_REUSEADDR). A handle belongs to one completion port for good.
bool a_socket_for_each_lane() noexcept { return false; }

std::error_code share_port(native_socket) noexcept { return {}; }

std::error_code steer_lanes(native_socket, lane_steering, std::size_t) noexcept { return {}; }

} // namespace ancillary::detail
