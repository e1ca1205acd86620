#include "../../receive_queue.hpp"

#include <asio/socket_base.hpp>

namespace tool {

// FIONREAD: the bytes of all waiting datagrams (ioctlsocket function, Microsoft Learn).
std::optional<queue_fill> fill_of(asio::ip::udp::socket& socket) {
  std::error_code error;
  const std::size_t waiting = socket.available(error);
  asio::socket_base::receive_buffer_size size;
  if (!error) {
    socket.get_option(size, error);
  }
  if (error || size.value() <= 0) {
    return std::nullopt;
  }
  return queue_fill{waiting, static_cast<std::uint64_t>(size.value())};
}

} // namespace tool
