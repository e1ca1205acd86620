#include "names.hpp"

#include <ancillary/recvmsg/interface.hpp>

namespace tool {

asio::ip::address unmapped(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return address;
}

std::string to_text(const asio::ip::udp::endpoint& endpoint) {
  const auto address = unmapped(endpoint.address());
  const std::string text = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
  return text + ":" + std::to_string(endpoint.port());
}

const std::string& interface_names::of(std::uint32_t index) {
  auto found = names_.find(index);
  if (found == names_.end()) {
    found = names_.emplace(index, ancillary::interface_name(index)).first;
  }
  return found->second;
}

} // namespace tool
