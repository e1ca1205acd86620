#include "top_key.hpp"

#include "dscp_names.hpp"
#include "names.hpp"
#include <ancillary/recvmsg/endpoint.hpp>

#include <array>
#include <asio/ip/address.hpp>
#include <cstring>
#include <random>

namespace tool {
namespace {

// The finalizer of MurmurHash3, which spreads each bit over all.
std::uint64_t mix(std::uint64_t word) noexcept {
  word ^= word >> 33;
  word *= 0xff51afd7ed558ccdULL;
  word ^= word >> 33;
  word *= 0xc4ceb9fe1a85ec53ULL;
  return word ^ word >> 33;
}

top_key of_v4(const asio::ip::address_v4& address, std::uint16_t port) {
  return {0, address.to_uint(), 0, port, top_key::kind::ipv4};
}

top_key of_address(const asio::ip::address& given, std::uint16_t port) {
  if (given.is_v4()) {
    return of_v4(given.to_v4(), port);
  }
  const asio::ip::address_v6 address = given.to_v6();
  if (address.is_v4_mapped()) {
    return of_v4(asio::ip::make_address_v4(asio::ip::v4_mapped, address), port);
  }
  const auto bytes = address.to_bytes();
  top_key key{0, 0, static_cast<std::uint32_t>(address.scope_id()), port, top_key::kind::ipv6};
  std::memcpy(&key.high, bytes.data(), sizeof key.high);
  std::memcpy(&key.low, bytes.data() + sizeof key.high, sizeof key.low);
  return key;
}

asio::ip::address address_of(const top_key& key) {
  if (key.what == top_key::kind::ipv4) {
    return asio::ip::make_address_v4(static_cast<std::uint32_t>(key.low));
  }
  asio::ip::address_v6::bytes_type bytes{};
  std::memcpy(bytes.data(), &key.high, sizeof key.high);
  std::memcpy(bytes.data() + sizeof key.high, &key.low, sizeof key.low);
  return asio::ip::address_v6(bytes, key.scope);
}

} // namespace

std::uint64_t top_hash::operator()(const top_key& key) const noexcept {
  const std::uint64_t rest = std::uint64_t{key.scope} << 32 | std::uint64_t{key.port} << 16 |
                             static_cast<std::uint64_t>(key.what);
  return mix(mix(mix(seed ^ key.high) ^ key.low) ^ rest);
}

top_hash random_hash() {
  std::random_device device;
  return {std::uint64_t{device()} << 32 | device()};
}

top_key key_of(const ancillary::packet& packet, top_by by) {
  switch (by) {
  case top_by::peer:
    return of_address(packet.remote().address(), packet.remote().port());
  case top_by::destination:
    if (const auto destination = packet.metadata().destination()) {
      return of_address(ancillary::to_asio(*destination), 0);
    }
    break;
  case top_by::dscp:
    if (const auto octet = packet.metadata().traffic_class()) {
      return {0, octet->dscp(), 0, 0, top_key::kind::dscp};
    }
    break;
  }
  return {};
}

std::string to_text(const top_key& key, top_by by) {
  switch (key.what) {
  case top_key::kind::unknown:
    return "unknown";
  case top_key::kind::dscp: {
    const auto value = static_cast<std::uint8_t>(key.low);
    const std::string name = dscp_name(value);
    return std::to_string(value) + (name.empty() ? "" : " " + name);
  }
  case top_key::kind::ipv4:
  case top_key::kind::ipv6:
    break;
  }
  return by == top_by::peer ? to_text(asio::ip::udp::endpoint(address_of(key), key.port))
                            : address_of(key).to_string();
}

} // namespace tool
