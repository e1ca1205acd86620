#include "send/host_addresses.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <optional>
#include <utility>

namespace ancillary::detail {

namespace {

unsigned all_bits(const ip_address& address) noexcept { return address.is_v4() ? 32 : 128; }

// An address without a subnet, so its interface has no neighbours in one.
bool is_alone(const host_address& each) noexcept {
  return each.prefix_bits >= all_bits(each.address);
}

bool have_prefix_in_common(const ip_address& a, const ip_address& b, unsigned bits) noexcept {
  if (a.is_v4() != b.is_v4()) {
    return false;
  }
  const auto left = a.bytes();
  const auto right = b.bytes();
  const std::size_t whole = bits / 8;
  if (!std::equal(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(whole), right.begin())) {
    return false;
  }
  const unsigned rest = bits % 8;
  return rest == 0 || (left[whole] >> (8 - rest)) == (right[whole] >> (8 - rest));
}

// Compared in one piece, for each reply.
std::uint32_t bits_of(const ip_address& v4) noexcept {
  return std::bit_cast<std::uint32_t>(v4.to_v4_bytes());
}

// RFC 3021: a subnet of 31 bits has no broadcast address.
std::optional<ip_address> broadcast_of(const host_address& each) noexcept {
  if (!each.address.is_v4() || each.prefix_bits > 30) {
    return std::nullopt;
  }
  auto bytes = each.address.to_v4_bytes();
  for (unsigned bit = each.prefix_bits; bit < 32; ++bit) {
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] | (0x80U >> (bit % 8)));
  }
  return ip_address::v4(bytes);
}

} // namespace

host_addresses::host_addresses(const std::vector<host_address>& all,
                               std::vector<std::uint32_t> vrf_members)
    : vrf_members_(std::move(vrf_members)) {
  for (const host_address& each : all) {
    own_.push_back(each.address);
    if (const auto broadcast = broadcast_of(each)) {
      broadcasts_.push_back(bits_of(*broadcast));
    }
    if (is_alone(each) || (each.address.is_v6() && each.address.is_link_local())) {
      continue;
    }
    for (const host_address& other : all) {
      if (other.interface_index == each.interface_index || is_alone(other)) {
        continue;
      }
      if (other.address == each.address) {
        shared_.push_back(each);
      }
      const std::uint8_t bits = std::max(each.prefix_bits, other.prefix_bits);
      if (have_prefix_in_common(each.address, other.address,
                                std::min(each.prefix_bits, other.prefix_bits))) {
        // The smaller subnet is their intersection.
        const ip_address& inner = bits == each.prefix_bits ? each.address : other.address;
        subnets_.push_back({inner, bits, each.interface_index});
      }
    }
  }
  std::sort(own_.begin(), own_.end());
  std::sort(broadcasts_.begin(), broadcasts_.end());
  has_doubts_ = !shared_.empty() || !subnets_.empty() || !vrf_members_.empty();
}

bool host_addresses::owns(const ip_address& address) const noexcept {
  return address.is_loopback() || std::binary_search(own_.begin(), own_.end(), address);
}

bool host_addresses::is_subnet_broadcast(const ip_address& address) const noexcept {
  return address.is_v4() &&
         std::binary_search(broadcasts_.begin(), broadcasts_.end(), bits_of(address));
}

bool host_addresses::needs_interface(const ip_address& source, const ip_address& remote,
                                     std::uint32_t interface_index) const noexcept {
  if (std::find(vrf_members_.begin(), vrf_members_.end(), interface_index) != vrf_members_.end()) {
    return true;
  }
  const auto is_here = [&](const host_address& each) {
    return each.interface_index == interface_index;
  };
  const bool is_doubtful =
      std::any_of(shared_.begin(), shared_.end(),
                  [&](const auto& each) { return is_here(each) && each.address == source; }) ||
      std::any_of(subnets_.begin(), subnets_.end(), [&](const auto& each) {
        return is_here(each) && have_prefix_in_common(each.address, remote, each.prefix_bits);
      });
  // Only local routes reach a client on this host; naming an interface would bypass them.
  return is_doubtful && !owns(remote);
}

} // namespace ancillary::detail
