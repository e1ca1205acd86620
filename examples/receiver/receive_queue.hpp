// How full the socket's receive buffer is.
#pragma once

#include <asio/ip/udp.hpp>
#include <cstdint>
#include <optional>

namespace tool {

struct queue_fill {
  std::uint64_t bytes = 0;    // waiting; Linux counts its own overhead, too
  std::uint64_t capacity = 0; // beyond which the system drops datagrams
};

// nullopt if the system does not tell.
[[nodiscard]] std::optional<queue_fill> fill_of(asio::ip::udp::socket& socket);

} // namespace tool
