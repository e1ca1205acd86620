// The network interfaces of this host; one .cpp for each platform.
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
  std::vector<ip_address> addresses; // of all interfaces
};

// Queries the system, which takes a millisecond; unavailable values are omitted.
[[nodiscard]] network_interfaces list_network_interfaces();

} // namespace ancillary::detail
