// The network interfaces of this machine. Part of the seam: one .cpp for each platform.
#pragma once

#include <ancillary/decoders/ip_address.hpp>

#include <cstdint>
#include <vector>

namespace ancillary::detail {

struct network_interface {
  std::uint32_t index;
  std::uint32_t mtu_bytes;
  bool is_loopback;
};

struct network_interfaces {
  std::vector<network_interface> all;
  std::vector<ip_address> addresses; // of all of them
};

// Asks the system, which takes a millisecond; what it does not tell is left out.
[[nodiscard]] network_interfaces list_network_interfaces();

} // namespace ancillary::detail
