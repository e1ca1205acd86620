// A datagram as received from the real socket.
#pragma once

#include <ancillary/decoders/metadata.hpp>

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <vector>

namespace ancillary_test {

struct arrival {
  std::vector<std::byte> payload;
  asio::ip::udp::endpoint remote;
  ancillary::metadata facts; // the real socket's metadata
  bool is_cut = false;       // already truncated by the real receive

  // On a dual-stack socket, IPv4 senders have mapped addresses.
  [[nodiscard]] bool is_v4() const {
    return remote.address().is_v4() || remote.address().to_v6().is_v4_mapped();
  }
};

} // namespace ancillary_test
