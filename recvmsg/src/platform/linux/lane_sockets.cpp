#include "platform/lane_sockets.hpp"

#include "platform/linux/steering_program.hpp"
#include "platform/linux/system_calls.hpp"

#include <asio/error.hpp>
#include <cerrno>
#include <linux/filter.h>
#include <sys/socket.h>

namespace ancillary::detail {

namespace {

std::error_code set(native_socket socket, int name, const void* value, std::size_t bytes) noexcept {
  if (system.setsockopt(socket, SOL_SOCKET, name, value, static_cast<socklen_t>(bytes)) != 0) {
    return {errno, asio::error::get_system_category()};
  }
  return {};
}

} // namespace

bool a_socket_for_each_lane() noexcept { return true; }

// steer_lanes() does that for any number of sockets.
bool a_socket_for_each_processor(std::size_t) { return false; }

std::error_code receive_from_processor(native_socket, std::size_t) noexcept { return {}; }

std::error_code share_port(native_socket socket) noexcept {
  const int on = 1;
  return set(socket, SO_REUSEPORT, &on, sizeof on);
}

std::error_code steer_lanes(native_socket socket, const lane_steering& steering,
                            std::size_t lanes) noexcept {
  if (steering.decided_by() == lane_steering::basis::flow) {
    return {}; // the kernel's default
  }
  const bpf_program program = steering_program(steering, lanes);
  // The kernel only reads it.
  const sock_fprog whole{static_cast<unsigned short>(program.size()),
                         const_cast<sock_filter*>(program.data())};
  return set(socket, SO_ATTACH_REUSEPORT_CBPF, &whole, sizeof whole);
}

std::error_code forget_steering(native_socket socket) noexcept {
  const int unused = 0;
  const std::error_code error = set(socket, SO_DETACH_REUSEPORT_BPF, &unused, sizeof unused);
  // There is no program, or, before Linux 5.3, no way to remove one.
  const bool harmless = error.value() == ENOENT || error.value() == ENOPROTOOPT;
  return harmless ? std::error_code() : error;
}

} // namespace ancillary::detail
