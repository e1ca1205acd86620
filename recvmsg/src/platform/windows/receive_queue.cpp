#include "platform/receive_queue.hpp"

#include "platform/windows/system_calls.hpp"

namespace ancillary::detail {

// FIONREAD: "the amount of pending data in the network buffer" (ioctlsocket, Microsoft Learn).
std::optional<receive_queue> receive_queue_of(native_socket socket) noexcept {
  u_long waiting = 0;
  int capacity = 0;
  int bytes = sizeof capacity;
  if (system.ioctlsocket(socket, static_cast<long>(FIONREAD), &waiting) != 0 ||
      system.getsockopt(socket, SOL_SOCKET, SO_RCVBUF, reinterpret_cast<char*>(&capacity),
                        &bytes) != 0 ||
      capacity <= 0) {
    return std::nullopt;
  }
  return receive_queue{waiting, static_cast<std::uint64_t>(capacity)};
}

} // namespace ancillary::detail
