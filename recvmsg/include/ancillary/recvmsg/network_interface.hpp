// A network interface of this host and its addresses, as values.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/decoders/ip_address.hpp>

#include <asio/ip/udp.hpp>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace ancillary {

// Whether a socket can be bound to an address.
enum class address_state : std::uint8_t {
  usable,
  tentative, // not yet: the system looks for another host that has it (RFC 4862, 5.4)
  duplicate, // not at all: another host on the link has it
};

// "usable", "tentative", "duplicate".
[[nodiscard]] ANCILLARY_API std::string_view to_string(address_state state) noexcept;

// An address of an interface.
struct interface_address {
  // IPv6: without a scope ID; network_interface::endpoint() adds it.
  ip_address address;
  // Of the interface's subnet; 32 or 128: no subnet.
  std::uint8_t prefix_bits = 0;
  // Whether it can be used now.
  address_state state = address_state::usable;

  friend bool operator==(const interface_address&, const interface_address&) = default;
};

// An interface at one point in time.
struct ANCILLARY_API network_interface {
  // Not 0. An interface that is removed and made again has another index, as a rule.
  std::uint32_t index = 0;
  // "eth0"; on Windows the alias ("Ethernet 2", UTF-8), which users can change. So can the
  // administrator on Linux.
  std::string name = {};
  // Alternative names on Linux (ip link property add), the adapter's on Windows ("ethernet_32769").
  std::vector<std::string> other_names = {};
  // Without the link's own header.
  std::uint32_t mtu_bytes = 0;
  // Switched on. On Windows always true, because it does not list disabled interfaces.
  bool is_up = false;
  // Up, and its link carries datagrams, as far as the system knows.
  bool is_running = false;
  // What is sent on it stays on this host.
  bool is_loopback = false;
  // Whether the link delivers multicast. On Linux false for the loopback interface, which does
  // deliver it on its own host.
  bool has_multicast = false;
  // Linux: belongs to a bridge, a bond or a team, so what it receives arrives at that interface.
  bool is_port = false;
  // Whether the family can be used here at all, with or without an address. Linux removes it below
  // an MTU of 68 bytes (IPv4) and 1,280 bytes (IPv6).
  bool has_ipv4 = false;
  // As has_ipv4.
  bool has_ipv6 = false;
  // Unicast, in the system's order.
  std::vector<interface_address> addresses = {};

  // Null if the interface does not have the address. Expects no mapped address.
  [[nodiscard]] const interface_address* find(const ip_address& address) const noexcept;

  // Whether it has an address of the family that is usable.
  [[nodiscard]] bool has_usable_address(ip_family family) const noexcept;

  // For a socket on one of its addresses: with the index as scope ID if `address` is a link-local
  // IPv6 address, without which bind() fails.
  [[nodiscard]] asio::ip::udp::endpoint endpoint(const ip_address& address,
                                                 std::uint16_t port) const noexcept;

  friend bool operator==(const network_interface&, const network_interface&) = default;
};

// "2 eth0 up running multicast mtu 1500 192.0.2.2/24 fe80::1/64 (tentative)".
[[nodiscard]] ANCILLARY_API std::string to_string(const network_interface& of);
ANCILLARY_API std::ostream& operator<<(std::ostream& out, const network_interface& of);

// The interfaces of this host, in the system's order; on Linux, of the calling thread's network
// namespace. Takes a tenth of a millisecond, or a few microseconds per interface where there are
// many. Throws std::system_error. network_interfaces.hpp tells of changes.
[[nodiscard]] ANCILLARY_API std::vector<network_interface> list_network_interfaces();

// The same, but sets `error` and then returns an empty list.
[[nodiscard]] ANCILLARY_API std::vector<network_interface>
list_network_interfaces(std::error_code& error);

} // namespace ancillary
