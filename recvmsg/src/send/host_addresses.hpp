// The addresses of this host, for the routing of replies.
#pragma once

#include <ancillary/decoders/ip_address.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace ancillary::detail {

struct host_address {
  ip_address address;
  std::uint8_t prefix_bits; // of the interface's subnet; 32 or 128: no subnet
  std::uint32_t interface_index;
};

// A snapshot. Empty by default: then the routes decide.
class host_addresses {
public:
  host_addresses() noexcept = default;
  // `vrf_members`: the interfaces with their own routing table (Linux, VRF).
  explicit host_addresses(const std::vector<host_address>& all,
                          std::vector<std::uint32_t> vrf_members = {});

  // Expects no mapped address. Includes the loopback networks.
  [[nodiscard]] bool owns(const ip_address& address) const noexcept;

  // The broadcast address of a subnet (RFC 919); false for the limited broadcast address.
  [[nodiscard]] bool is_subnet_broadcast(const ip_address& address) const noexcept;

  // Whether needs_interface() can return true at all, which is rare.
  [[nodiscard]] bool has_doubts() const noexcept { return has_doubts_; }

  // Whether source and routes may fail to lead back to `remote`, for a datagram received on the
  // interface: the interface has its own routing table, another interface also has the source
  // address, or another interface's subnet also contains the remote.
  [[nodiscard]] bool needs_interface(const ip_address& source, const ip_address& remote,
                                     std::uint32_t interface_index) const noexcept;

private:
  std::vector<ip_address> own_;           // sorted
  std::vector<std::uint32_t> broadcasts_; // IPv4 addresses as their bytes lie in memory, sorted
  std::vector<host_address> shared_;      // another interface has the same address
  std::vector<host_address> subnets_;     // another interface's subnet overlaps
  std::vector<std::uint32_t> vrf_members_;
  bool has_doubts_ = false;
};

} // namespace ancillary::detail
