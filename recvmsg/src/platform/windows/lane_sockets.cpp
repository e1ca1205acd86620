#include "platform/lane_sockets.hpp"

#include "platform/windows/system_calls.hpp"

#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>

namespace ancillary::detail {

namespace {

// mstcpip.h, since the SDK of Windows 8; the argument is a USHORT.
constexpr DWORD sio_cpu_affinity = IOC_IN | IOC_VENDOR | 21;

} // namespace

// A second socket on the port would receive nothing: Windows delivers all datagrams to the same
// socket (SO_REUSEADDR). A handle stays bound to one completion port.
bool a_socket_for_each_lane() noexcept { return false; }

// Not documented; msquic receives like this on all processors. Whether a processor without a socket
// loses its datagrams is unknown, so the sockets must be as many as the processors.
bool a_socket_for_each_processor(std::size_t sockets) {
  if (sockets < 2 || sockets != ::GetActiveProcessorCount(ALL_PROCESSOR_GROUPS)) {
    return false;
  }
  asio::io_context io;
  asio::ip::udp::socket first(io, asio::ip::udp::v4());
  asio::ip::udp::socket second(io, asio::ip::udp::v4());
  if (receive_from_processor(first.native_handle(), 0) ||
      receive_from_processor(second.native_handle(), 1)) {
    return false;
  }
  std::error_code error;
  first.bind({asio::ip::address_v4::loopback(), 0}, error);
  if (!error) {
    second.bind({asio::ip::address_v4::loopback(), first.local_endpoint().port()}, error);
  }
  return !error;
}

std::error_code receive_from_processor(native_socket socket, std::size_t processor) noexcept {
  auto number = static_cast<USHORT>(processor);
  DWORD returned = 0;
  if (system.ioctl(socket, sio_cpu_affinity, &number, sizeof number, nullptr, 0, &returned, nullptr,
                   nullptr) != 0) {
    return {::WSAGetLastError(), asio::error::get_system_category()};
  }
  return {};
}

std::error_code share_port(native_socket) noexcept { return {}; }

// By processor, the sockets steer themselves. By content, one socket's datagrams are distributed
// by the library.
std::error_code steer_lanes(native_socket, const lane_steering& steering, std::size_t) noexcept {
  return steering.by_content() ? make_error_code(asio::error::operation_not_supported)
                               : std::error_code();
}

std::error_code forget_steering(native_socket) noexcept { return {}; }

} // namespace ancillary::detail
