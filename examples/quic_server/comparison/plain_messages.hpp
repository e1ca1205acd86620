// Control messages by hand, as a program without the library writes them. Linux.
#pragma once

#include "network.hpp"

#include <cstddef>
#include <netinet/in.h>
#include <sys/socket.h>

// The options for packet info, ECN, path MTU probes and, if wanted, coalescing. Throws
// std::system_error.
void set_plain_options(int socket, bool ipv6, bool segments);

struct plain_metadata {
  asio::ip::udp::endpoint local; // without the port
  std::uint32_t interface_index = 0;
  std::uint8_t ecn = 0;
  std::size_t segment_bytes = 0; // 0: one datagram
};
plain_metadata read_control(msghdr& message);

inline constexpr std::size_t plain_control_bytes =
    CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(in_pktinfo)) + 2 * CMSG_SPACE(sizeof(int)) +
    CMSG_SPACE(sizeof(int));

// Writes the source address, ECN and, above 0, the segment size.
void write_control(msghdr& message, const ancillary::outgoing& run, std::size_t segment_bytes);
