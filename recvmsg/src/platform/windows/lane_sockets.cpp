#include "platform/lane_sockets.hpp"

namespace ancillary::detail {

// A second socket on the port would receive nothing: Windows delivers all datagrams to the same
// socket (SO_REUSEADDR). A handle stays bound to one completion port.
bool a_socket_for_each_lane() noexcept { return false; }

std::error_code share_port(native_socket) noexcept { return {}; }

std::error_code steer_lanes(native_socket, const lane_steering&, std::size_t) noexcept {
  return {};
}

std::error_code forget_steering(native_socket) noexcept { return {}; }

} // namespace ancillary::detail
