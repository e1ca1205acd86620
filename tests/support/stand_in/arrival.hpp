// A datagram as the real socket gave it.
#pragma once

#include <ancillary/decoders/metadata.hpp>

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <vector>

namespace ancillary_test {

struct arrival {
  std::vector<std::byte> payload;
  asio::ip::udp::endpoint remote;
  ancillary::metadata facts; // what the real socket told of it
  bool is_cut = false;       // it did not fit in the real receive already

  // On a dual-stack socket IPv4 comes from a mapped address.
  [[nodiscard]] bool is_v4() const {
    return remote.address().is_v4() || remote.address().to_v6().is_v4_mapped();
  }
};

} // namespace ancillary_test
