#include "network.hpp"

#include <cstring>

namespace {

ngtcp2_addr to_ngtcp2(asio::ip::udp::endpoint& endpoint) {
  return {endpoint.data(), static_cast<ngtcp2_socklen>(endpoint.size())};
}

asio::ip::udp::endpoint from_ngtcp2(const ngtcp2_addr& address) {
  asio::ip::udp::endpoint endpoint;
  std::memcpy(endpoint.data(), address.addr, address.addrlen);
  endpoint.resize(address.addrlen);
  return endpoint;
}

} // namespace

ngtcp2_path to_ngtcp2(network_path& path) {
  return {to_ngtcp2(path.local), to_ngtcp2(path.remote),
          reinterpret_cast<void*>(std::uintptr_t{path.interface_index})};
}

network_path from_ngtcp2(const ngtcp2_path& path) {
  return {from_ngtcp2(path.local), from_ngtcp2(path.remote),
          static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(path.user_data))};
}
