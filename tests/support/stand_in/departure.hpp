// A datagram that the program sent.
#pragma once

#include <ancillary/decoders/metadata.hpp>

#include <asio/ip/udp.hpp>
#include <string>

namespace ancillary_test {

struct departure {
  std::string payload;
  asio::ip::udp::endpoint remote;
  // The contents of its control messages: the source as `destination`, hop limit, traffic class,
  // ECN and segment size.
  ancillary::metadata asked;
  // The library had not made the socket non-blocking.
  bool could_block = false;
};

} // namespace ancillary_test
