#include "platform/receive_queue.hpp"

#include "platform/linux/system_calls.hpp"

#include <array>
#include <linux/sock_diag.h>

namespace ancillary::detail {

// Not FIONREAD, which tells only the size of the next datagram (udp(7)).
std::optional<receive_queue> receive_queue_of(native_socket socket) noexcept {
  std::array<std::uint32_t, SK_MEMINFO_VARS> values{};
  socklen_t bytes = sizeof values;
  if (system.getsockopt(socket, SOL_SOCKET, SO_MEMINFO, values.data(), &bytes) != 0 ||
      bytes <= SK_MEMINFO_RCVBUF * sizeof(std::uint32_t)) {
    return std::nullopt;
  }
  return receive_queue{values[SK_MEMINFO_RMEM_ALLOC], values[SK_MEMINFO_RCVBUF]};
}

} // namespace ancillary::detail
