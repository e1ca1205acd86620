// IPv4 (RFC 791), IPv6 (RFC 8200) and UDP (RFC 768) headers.
#pragma once

#include "packet_plan.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ancillary::pcapng {

inline constexpr std::size_t ipv4_header_bytes = 20;
inline constexpr std::size_t ipv6_header_bytes = 40;
inline constexpr std::size_t udp_header_bytes = 8;
// By the 16 bits of IPv4's total length and IPv6's payload length.
inline constexpr std::size_t most_ipv4_payload_bytes = 65535 - ipv4_header_bytes - udp_header_bytes;
inline constexpr std::size_t most_ipv6_payload_bytes = 65535 - udp_header_bytes;

// Both headers of a packet. The checksums are valid, except that UDP's is 0 if it is not known.
class packet_headers {
public:
  packet_headers(const packet_plan& plan, std::uint16_t source_port,
                 std::uint16_t destination_port) noexcept;

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return std::span(bytes_).first(size_);
  }

private:
  std::array<std::byte, ipv6_header_bytes + udp_header_bytes> bytes_{};
  std::size_t size_ = 0;
};

} // namespace ancillary::pcapng
