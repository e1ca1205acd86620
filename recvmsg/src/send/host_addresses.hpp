// This host's addresses, as far as replies depend on them.
#pragma once

#include <ancillary/decoders/ip_address.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace ancillary::detail {

struct host_address {
  ip_address address;
  std::uint8_t prefix_bits; // of the subnet that the interface is in; 32 or 128: of none
  std::uint32_t interface_index;
};

// A snapshot. By default nothing is known: then the routes decide.
class host_addresses {
public:
  host_addresses() noexcept = default;
  // `vrf_members`: the interfaces whose routes are in a table of their own (Linux, VRF).
  explicit host_addresses(std::vector<host_address> all,
                          std::vector<std::uint32_t> vrf_members = {});

  // Not the mapped form. The loopback networks are this host's as well.
  [[nodiscard]] bool owns(const ip_address& address) const noexcept;

  // The broadcast address of a subnet (RFC 919); that of all hosts is not looked at.
  [[nodiscard]] bool is_subnet_broadcast(const ip_address& address) const noexcept;

  // Whether needs_interface() can be true at all; of nearly no host it can.
  [[nodiscard]] bool has_doubts() const noexcept { return has_doubts_; }

  // Whether source and routes may not lead back to `remote`, for a datagram that came in by the
  // interface: it has routes of its own, the source is an address of another interface too, or the
  // remote is a neighbour by another interface's subnet too.
  [[nodiscard]] bool needs_interface(const ip_address& source, const ip_address& remote,
                                     std::uint32_t interface_index) const noexcept;

private:
  std::vector<ip_address> own_;        // sorted
  std::vector<ip_address> broadcasts_; // sorted
  std::vector<host_address> shared_;   // the address is on another interface too
  std::vector<host_address> subnets_;  // the subnet, or a part of it, is another interface's too
  std::vector<std::uint32_t> vrf_members_;
  bool has_doubts_ = false;
};

} // namespace ancillary::detail
