// Addresses and interfaces as text.
#pragma once

#include <asio/ip/address.hpp>
#include <asio/ip/udp.hpp>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace tool {

// The IPv4 address of a v4-mapped one, which a dual-stack socket uses for IPv4 peers.
[[nodiscard]] asio::ip::address unmapped(const asio::ip::address& address);

// "127.0.0.1:9000", "[::1]:9000".
[[nodiscard]] std::string to_text(const asio::ip::udp::endpoint& endpoint);

// Caches the names of interfaces, because querying the system for each datagram is slow. An
// interface that is renamed while the tool runs keeps its old name here.
class interface_names {
public:
  // Empty if there is no interface with this index.
  [[nodiscard]] const std::string& of(std::uint32_t index);

private:
  std::unordered_map<std::uint32_t, std::string> names_;
};

} // namespace tool
