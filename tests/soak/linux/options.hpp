// What one epoch of the soak runs with, drawn at random.
#pragma once

#include "parts.hpp"
#include <ancillary/recvmsg/receive_options.hpp>

#include <asio/ip/udp.hpp>
#include <cstddef>

namespace soak {

struct options {
  ancillary::receive_options receive;
  asio::ip::udp::endpoint endpoint;
  asio::ip::udp::endpoint target; // where senders send to
  bool coalesced = false;
  bool connected = false; // receives ICMP errors
  std::size_t most_payload_bytes = 0;
};

[[nodiscard]] options draw_options(dice& random);

} // namespace soak
