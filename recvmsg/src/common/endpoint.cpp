#include <ancillary/recvmsg/endpoint.hpp>

#include <algorithm>
#include <array>

namespace ancillary {

asio::ip::address to_asio(const ip_address& address) noexcept {
  const auto bytes = address.bytes();
  if (address.is_v4()) {
    asio::ip::address_v4::bytes_type v4{};
    std::copy(bytes.begin(), bytes.end(), v4.begin());
    return asio::ip::address_v4(v4);
  }
  asio::ip::address_v6::bytes_type v6{};
  std::copy(bytes.begin(), bytes.end(), v6.begin());
  return asio::ip::address_v6(v6);
}

asio::ip::udp::endpoint to_asio(const socket_address& address) noexcept {
  return {to_asio(address.address), address.port};
}

ip_address from_asio(const asio::ip::address& address) noexcept {
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    std::array<std::uint8_t, 4> v4{};
    std::copy(bytes.begin(), bytes.end(), v4.begin());
    return ip_address::v4(v4);
  }
  const auto bytes = address.to_v6().to_bytes();
  std::array<std::uint8_t, 16> v6{};
  std::copy(bytes.begin(), bytes.end(), v6.begin());
  return ip_address::v6(v6);
}

asio::ip::udp::endpoint unmapped(const asio::ip::udp::endpoint& endpoint) noexcept {
  const ip_address address = from_asio(endpoint.address());
  if (address.unmapped() == address) {
    return endpoint;
  }
  return {to_asio(address.unmapped()), endpoint.port()};
}

} // namespace ancillary
