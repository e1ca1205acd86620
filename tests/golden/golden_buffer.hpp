#pragma once

#include <ancillary/decoders.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ancillary_test::golden {

using ancillary::ecn_codepoint;
using ancillary::ip_address;
using ancillary::opaque_bytes;
using ancillary::socket_address;
using ancillary::timestamp;
using ancillary::timestamp_clock;
using ancillary::timestamp_origin;
using ancillary::traffic_class;

// A control buffer whose bytes were not made by this library, and its expected metadata.
struct golden_buffer {
  std::string_view name;
  ancillary::layout_id layout;
  std::span<const std::byte> bytes;
  ancillary::metadata expected;
  std::uint32_t duplicate_count;
};

template <class... Integers>
constexpr std::array<std::byte, sizeof...(Integers)> octets(Integers... values) {
  return {static_cast<std::byte>(values)...};
}

inline constexpr ip_address loopback_v6 =
    ip_address::v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});

// 2001:db8::35
inline constexpr ip_address documentation_v6 =
    ip_address::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x35});

// The opaque bytes in the Windows buffers.
inline constexpr auto records = octets(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
inline constexpr auto context =
    octets(0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b);

} // namespace ancillary_test::golden
