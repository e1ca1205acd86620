#include "headers.hpp"

#include "ancillary/decoders/detail/bytes.hpp"

#include <cstring>

namespace ancillary::pcapng {

namespace {

constexpr std::uint8_t protocol_udp = 17;

// The Internet checksum (RFC 1071). The sum is kept in host byte order, which only swaps the bytes
// of the result; that is undone when it is stored in host byte order too. Each part but the last
// has an even number of bytes.
class internet_checksum {
public:
  void add(std::span<const std::byte> part) noexcept {
    const std::byte* at = part.data();
    std::size_t left = part.size();
    for (; left >= sizeof(std::uint32_t); left -= sizeof(std::uint32_t)) {
      sum_ += detail::load_little<std::uint32_t>(at);
      at += sizeof(std::uint32_t);
    }
    if (left >= sizeof(std::uint16_t)) {
      sum_ += detail::load_little<std::uint16_t>(at);
      at += sizeof(std::uint16_t);
      left -= sizeof(std::uint16_t);
    }
    if (left != 0) {
      sum_ += std::to_integer<std::uint64_t>(*at);
    }
  }

  void add_network_16(std::uint16_t value) noexcept {
    std::array<std::byte, 2> bytes{};
    detail::store_network_16(bytes.data(), value);
    add(bytes);
  }

  void store(std::byte* at, bool zero_means_none) const noexcept {
    std::uint64_t folded = sum_;
    while (folded > 0xffff) {
      folded = (folded >> 16) + (folded & 0xffff);
    }
    const auto value = static_cast<std::uint16_t>(~folded);
    detail::store_little<std::uint16_t>(at, zero_means_none && value == 0 ? 0xffff : value);
  }

private:
  std::uint64_t sum_ = 0;
};

// Returns the size of the header.
std::size_t put_ipv4(std::byte* at, const packet_plan& plan) noexcept {
  constexpr std::size_t checksum_offset = 10;
  constexpr std::size_t addresses_offset = 12;
  at[0] = std::byte{0x45}; // version 4, five words of header
  at[1] = std::byte{plan.traffic_class};
  detail::store_network_16(at + 2, static_cast<std::uint16_t>(ipv4_header_bytes + plan.udp_bytes));
  at[8] = std::byte{plan.hop_limit};
  at[9] = std::byte{protocol_udp};
  detail::store_octets(at + addresses_offset, plan.source.bytes());
  detail::store_octets(at + addresses_offset + plan.source.bytes().size(),
                       plan.destination.bytes());
  internet_checksum sum;
  sum.add({at, ipv4_header_bytes});
  sum.store(at + checksum_offset, false);
  return ipv4_header_bytes;
}

std::size_t put_ipv6(std::byte* at, const packet_plan& plan) noexcept {
  constexpr std::size_t addresses_offset = 8;
  at[0] = static_cast<std::byte>(0x60 | plan.traffic_class >> 4); // version 6
  at[1] = static_cast<std::byte>(plan.traffic_class << 4);        // and the flow label, 0
  detail::store_network_16(at + 4, static_cast<std::uint16_t>(plan.udp_bytes));
  at[6] = std::byte{protocol_udp};
  at[7] = std::byte{plan.hop_limit};
  detail::store_octets(at + addresses_offset, plan.source.bytes());
  detail::store_octets(at + addresses_offset + plan.source.bytes().size(),
                       plan.destination.bytes());
  return ipv6_header_bytes;
}

} // namespace

packet_headers::packet_headers(const packet_plan& plan, std::uint16_t source_port,
                               std::uint16_t destination_port) noexcept {
  std::byte* const ip = bytes_.data();
  const std::size_t ip_bytes = plan.v4 ? put_ipv4(ip, plan) : put_ipv6(ip, plan);
  std::byte* const udp = ip + ip_bytes;
  const auto udp_length = static_cast<std::uint16_t>(plan.udp_bytes);
  detail::store_network_16(udp, source_port);
  detail::store_network_16(udp + 2, destination_port);
  detail::store_network_16(udp + 4, udp_length);
  size_ = ip_bytes + udp_header_bytes;
  if (!plan.checksum_known) {
    return;
  }
  // The pseudo header of RFC 768 and RFC 8200, 8.1. Its addresses are as they are in the packet.
  const std::size_t addresses_bytes = 2 * plan.source.bytes().size();
  internet_checksum sum;
  sum.add({udp - addresses_bytes, addresses_bytes});
  sum.add_network_16(protocol_udp);
  sum.add_network_16(udp_length);
  sum.add({udp, udp_header_bytes});
  sum.add(plan.payload);
  sum.store(udp + 6, true);
}

} // namespace ancillary::pcapng
