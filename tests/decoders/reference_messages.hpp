#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

// The message types that the reference decoder knows.
namespace ancillary_test {

// The fields of one message; suffix 6: the IPv6 form.
enum class reference_kind : std::uint8_t {
  unknown,
  pktinfo,
  pktinfo6,
  receive,
  original,
  ttl,
  tos,
  ecn,
  segment,
  ticks,
  stamp,
  stamp_wide,
  stamp_us,
  stamp_us_wide,
  stamps,
  stamps_wide,
  origin,
  dropped,
  proxied,
  proxied6,
  records,
  context,
};
struct reference_row {
  std::uint32_t level, type;
  reference_kind what;
};
inline constexpr reference_row reference_rows_of_windows[] = {
    {0, 19, reference_kind::pktinfo},  {41, 19, reference_kind::pktinfo6},
    {0, 51, reference_kind::pktinfo},  {41, 51, reference_kind::pktinfo6},
    {0, 24, reference_kind::receive},  {41, 24, reference_kind::receive},
    {0, 47, reference_kind::original}, {41, 47, reference_kind::original},
    {0, 4, reference_kind::ttl},       {0, 21, reference_kind::ttl},
    {41, 21, reference_kind::ttl},     {0, 3, reference_kind::tos},
    {0, 39, reference_kind::tos},      {41, 39, reference_kind::tos},
    {0, 50, reference_kind::ecn},      {41, 50, reference_kind::ecn},
    {17, 3, reference_kind::segment},  {0xffff, 0x300A, reference_kind::ticks},
    {0, 60, reference_kind::records},  {41, 60, reference_kind::records},
    {0, 70, reference_kind::context},  {41, 70, reference_kind::context}};
inline constexpr reference_row reference_rows_of_linux[] = {
    {0, 8, reference_kind::pktinfo},      {41, 50, reference_kind::pktinfo6},
    {0, 2, reference_kind::ttl},          {41, 52, reference_kind::ttl},
    {0, 1, reference_kind::tos},          {41, 67, reference_kind::tos},
    {17, 104, reference_kind::segment},   {1, 35, reference_kind::stamp},
    {1, 64, reference_kind::stamp_wide},  {1, 37, reference_kind::stamps},
    {1, 65, reference_kind::stamps_wide}, {1, 40, reference_kind::dropped},
    {0, 20, reference_kind::proxied},     {41, 74, reference_kind::proxied6},
    {1, 29, reference_kind::stamp_us},    {1, 63, reference_kind::stamp_us_wide},
    {1, 58, reference_kind::origin}};

inline reference_kind reference_kind_of(bool windows, std::uint64_t level, std::uint64_t type) {
  for (const reference_row& each : windows
                                       ? std::span<const reference_row>(reference_rows_of_windows)
                                       : reference_rows_of_linux) {
    if (each.level == level && each.type == type) {
      return each.what;
    }
  }
  return reference_kind::unknown;
}

// The data bytes that a message needs at least.
inline std::size_t reference_bytes_of(reference_kind what, bool windows, std::size_t word_bytes) {
  const std::size_t stamp = 2 * word_bytes;
  switch (what) {
  case reference_kind::pktinfo:
    return windows ? 8 : 12;
  case reference_kind::pktinfo6:
    return 20;
  case reference_kind::receive:
  case reference_kind::original:
  case reference_kind::segment:
  case reference_kind::dropped:
    return 4;
  case reference_kind::ttl:
  case reference_kind::tos:
  case reference_kind::ecn:
    return 1;
  case reference_kind::ticks:
  case reference_kind::proxied:
  case reference_kind::origin:
    return 8;
  case reference_kind::stamp:
  case reference_kind::stamp_us:
    return stamp;
  case reference_kind::stamp_wide:
  case reference_kind::stamp_us_wide:
    return 16;
  case reference_kind::stamps:
    return 3 * stamp;
  case reference_kind::stamps_wide:
    return 48;
  case reference_kind::proxied6:
    return 24;
  case reference_kind::unknown:
  case reference_kind::records:
  case reference_kind::context:
    break;
  }
  return 0;
}
// The kind that stands for all forms of a field.
inline reference_kind reference_field_of(reference_kind what) {
  switch (what) {
  case reference_kind::pktinfo6:
    return reference_kind::pktinfo;
  case reference_kind::stamp_wide:
  case reference_kind::stamp_us:
  case reference_kind::stamp_us_wide:
    return reference_kind::stamp;
  case reference_kind::stamps_wide:
    return reference_kind::stamps;
  case reference_kind::proxied6:
    return reference_kind::proxied;
  default:
    return what;
  }
}

} // namespace ancillary_test
