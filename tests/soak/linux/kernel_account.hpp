// What the kernel did with a socket's datagrams, counted independently of the library.
#pragma once

#include <asio/ip/udp.hpp>
#include <cstdint>

namespace soak {

// The kernel's drops on this socket. A coalesced buffer counts as one drop.
[[nodiscard]] std::uint64_t kernel_drops(asio::ip::udp::socket& socket);

// Takes the datagrams that are still in the socket, and counts each segment.
[[nodiscard]] std::uint64_t take_rest(asio::ip::udp::socket& socket);

} // namespace soak
