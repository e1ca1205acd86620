#include "coalescing/interface_limit.hpp"

#include <algorithm>

namespace ancillary::detail {

namespace {

constexpr std::chrono::seconds trusted_for{5};

constexpr std::uint32_t ethernet_mtu = 1500;
constexpr std::uint32_t v4_headers = 20 + 8;
constexpr std::uint32_t v6_headers = 40 + 8;

bool is_own(std::span<const network_interface> known, const ip_address& remote) noexcept {
  const bool is_v4_loopback = remote.is_v4() && remote.bytes()[0] == 127; // RFC 1122, 3.2.1.3
  return is_v4_loopback || std::any_of(known.begin(), known.end(), [&](const auto& each) {
           return each.find(remote) != nullptr;
         });
}

std::uint32_t mtu_of(std::span<const network_interface> known,
                     std::optional<std::uint32_t> index) noexcept {
  const auto found = std::find_if(known.begin(), known.end(),
                                  [&](const auto& each) { return each.index == index; });
  if (found != known.end()) {
    return found->mtu_bytes;
  }
  std::uint32_t largest = 0;
  for (const network_interface& each : known) {
    largest = std::max(largest, each.is_loopback ? 0 : each.mtu_bytes);
  }
  return largest;
}

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

std::size_t payload_by_mtu(std::span<const network_interface> known, const ip_address& remote,
                           std::optional<std::uint32_t> index) noexcept {
  const std::uint32_t mtu = mtu_of(known, index);
  if (mtu == 0) {
    return unlimited; // no interface, no limit
  }
  return std::max(mtu, ethernet_mtu) - (remote.unmapped().is_v4() ? v4_headers : v6_headers);
}

} // namespace

std::size_t largest_payload(std::span<const network_interface> known, const ip_address& remote,
                            std::optional<std::uint32_t> index) noexcept {
  // Datagrams that never leave the host have no MTU.
  return is_own(known, remote.unmapped()) ? unlimited : payload_by_mtu(known, remote, index);
}

bool interface_limit::exceeded_by(std::size_t payload_bytes, const ip_address& remote,
                                  std::optional<std::uint32_t> index) {
  // Nearly all datagrams return here, before the search through all addresses.
  if (asked_ && payload_bytes <= payload_by_mtu(known_, remote, index)) {
    return false;
  }
  const auto now = clock::now();
  if (!asked_ || now - *asked_ > trusted_for) {
    std::error_code ignored; // no list, no limit
    known_ = list_network_interfaces(ignored);
    asked_ = now;
  }
  return payload_bytes > largest_payload(known_, remote, index);
}

} // namespace ancillary::detail
