#pragma once

#include <ancillary/decoders/detail/bytes.hpp>
#include <ancillary/recvmsg/options/encoding.hpp>

namespace ancillary::options::detail {

// On Windows, addresses in 0.0.0.0/8 are interface indices, which therefore have 24 bits.
inline constexpr std::uint32_t max_windows_index = 0x00ffffff;

inline void store_network(std::byte* at, std::uint32_t value) noexcept {
  ancillary::detail::store_network_16(at, static_cast<std::uint16_t>(value >> 16));
  ancillary::detail::store_network_16(at + 2, static_cast<std::uint16_t>(value));
}

// Four bytes: the address, or the index in network byte order.
inline scalar_bytes windows_interface(const interface_selector& value) noexcept {
  scalar_bytes bytes;
  if (value.index() > max_windows_index) {
    bytes.refusal = encode_refusal::index_above_24_bits;
    return bytes;
  }
  bytes.size = 4;
  store_network(bytes.storage.data(), value.is_index()
                                          ? value.index()
                                          : static_cast<std::uint32_t>(value.address().to_uint()));
  return bytes;
}

} // namespace ancillary::options::detail
