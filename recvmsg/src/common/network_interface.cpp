#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/endpoint.hpp>
#include <ancillary/recvmsg/network_interface.hpp>

#include <algorithm>
#include <ostream>

namespace ancillary {

std::string_view to_string(address_state state) noexcept {
  switch (state) {
  case address_state::usable:
    return "usable";
  case address_state::tentative:
    return "tentative";
  case address_state::duplicate:
    return "duplicate";
  }
  return "unknown";
}

const interface_address* network_interface::find(const ip_address& address) const noexcept {
  const auto found = std::find_if(addresses.begin(), addresses.end(),
                                  [&](const auto& each) { return each.address == address; });
  return found == addresses.end() ? nullptr : &*found;
}

bool network_interface::has_usable_address(ip_family family) const noexcept {
  return std::any_of(addresses.begin(), addresses.end(), [&](const auto& each) {
    return family_of(each.address) == family && each.state == address_state::usable;
  });
}

asio::ip::udp::endpoint network_interface::endpoint(const ip_address& address,
                                                    std::uint16_t port) const noexcept {
  asio::ip::address on = to_asio(address);
  if (address.is_v6() && address.is_link_local()) {
    on = asio::ip::address_v6(address.to_v6_bytes(), index);
  }
  return {on, port};
}

std::string to_string(const network_interface& of) {
  std::string text = std::to_string(of.index) + ' ' + of.name;
  const auto add_if = [&text](bool is_set, std::string_view word) {
    if (is_set) {
      text += ' ';
      text += word;
    }
  };
  add_if(of.is_up, "up");
  add_if(of.is_running, "running");
  add_if(of.is_loopback, "loopback");
  add_if(of.has_multicast, "multicast");
  add_if(of.is_port, "port");
  text += " mtu " + std::to_string(of.mtu_bytes);
  for (const interface_address& each : of.addresses) {
    text += ' ' + to_string(each.address) + '/' + std::to_string(each.prefix_bits);
    if (each.state != address_state::usable) {
      text += " (";
      text += to_string(each.state);
      text += ')';
    }
  }
  return text;
}

std::ostream& operator<<(std::ostream& out, const network_interface& of) {
  return out << to_string(of);
}

std::vector<network_interface> list_network_interfaces() {
  std::error_code error;
  auto all = list_network_interfaces(error);
  if (error) {
    throw described_error(error, "cannot list the network interfaces");
  }
  return all;
}

} // namespace ancillary
