#include "platform/lane_sockets.hpp"

#include "platform/linux/system_calls.hpp"

#include <asio/error.hpp>
#include <cerrno>
#include <cstdint>
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

std::error_code share_port(native_socket socket) noexcept {
  const int on = 1;
  return set(socket, SO_REUSEPORT, &on, sizeof on);
}

std::error_code steer_lanes(native_socket socket, lane_steering steering,
                            std::size_t lanes) noexcept {
  if (steering == lane_steering::by_flow) {
    return {}; // the kernel's default
  }
  // The program returns the index of the socket, in the order of binding (socket(7)).
  sock_filter program[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_CPU)},
      {BPF_ALU | BPF_MOD | BPF_K, 0, 0, static_cast<std::uint32_t>(lanes)},
      {BPF_RET | BPF_A, 0, 0, 0}};
  const sock_fprog whole{sizeof program / sizeof program[0], program};
  return set(socket, SO_ATTACH_REUSEPORT_CBPF, &whole, sizeof whole);
}

} // namespace ancillary::detail
