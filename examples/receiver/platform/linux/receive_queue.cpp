#include "../../receive_queue.hpp"

#include <array>
#include <linux/sock_diag.h>
#include <sys/socket.h>

namespace tool {

// SO_MEMINFO, since Linux 4.12. FIONREAD tells only the size of the next datagram.
std::optional<queue_fill> fill_of(asio::ip::udp::socket& socket) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> values{};
  socklen_t size = sizeof values;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_MEMINFO, values.data(), &size) != 0 ||
      size <= SK_MEMINFO_RCVBUF * sizeof(std::uint32_t)) {
    return std::nullopt;
  }
  return queue_fill{values[SK_MEMINFO_RMEM_ALLOC], values[SK_MEMINFO_RCVBUF]};
}

} // namespace tool
