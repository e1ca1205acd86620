// A plain reading of the error queue's control data, for comparison: written from linux/errqueue.h,
// ip(7) and ws2ipdef.h, byte by byte.
#pragma once

#include <ancillary/decoders/layout.hpp>
#include <ancillary/decoders/transport_error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ancillary_test {

class reference_transport_error {
public:
  static std::optional<ancillary::transport_error> decode(ancillary::layout_id layout,
                                                          std::span<const std::byte> buffer) {
    const std::size_t word = ancillary::word_bytes(layout);
    const bool windows = ancillary::is_windows(layout);
    std::size_t at = 0;
    while (at + word + 8 <= buffer.size()) {
      std::uint64_t length = 0;
      for (std::size_t i = word; i-- > 0;) {
        length = length * 256 + octet(buffer, at + i);
      }
      if (length < word + 8 || length > buffer.size() - at) {
        return std::nullopt;
      }
      const std::uint32_t level = u32(buffer, at + word);
      const std::uint32_t type = u32(buffer, at + word + 4);
      const auto data = buffer.subspan(at + word + 8, static_cast<std::size_t>(length) - word - 8);
      const bool is_ours = windows ? (level == 0 || level == 41) && type == 75
                                   : (level == 0 && type == 11) || (level == 41 && type == 25);
      if (is_ours && data.size() >= (windows ? 10U : 16U)) {
        return windows ? of_windows(data) : of_linux(data);
      }
      at += static_cast<std::size_t>(length);
      while (at % word != 0) {
        ++at;
      }
    }
    return std::nullopt;
  }

private:
  using bytes = std::span<const std::byte>;

  static unsigned octet(bytes from, std::size_t at) { return std::to_integer<unsigned>(from[at]); }
  static std::uint32_t u32(bytes from, std::size_t at) {
    return octet(from, at) + octet(from, at + 1) * 256U + octet(from, at + 2) * 65536U +
           octet(from, at + 3) * 16777216U;
  }

  static ancillary::transport_error of_linux(bytes data) {
    ancillary::transport_error error;
    error.system_code = static_cast<std::int32_t>(u32(data, 0));
    error.info = u32(data, 8);
    const unsigned origin = octet(data, 4);
    if (origin == 1) {
      error.origin = ancillary::error_origin::local;
    } else if (origin == 2 || origin == 3) {
      error.origin = origin == 2 ? ancillary::error_origin::icmp : ancillary::error_origin::icmpv6;
      error.type = static_cast<std::uint8_t>(octet(data, 5));
      error.code = static_cast<std::uint8_t>(octet(data, 6));
    }
    const unsigned family = data.size() >= 18 ? octet(data, 16) + octet(data, 17) * 256 : 0;
    if (family == 2 && data.size() >= 24) {
      ancillary::ip_address::v4_octets octets{};
      for (std::size_t i = 0; i < octets.size(); ++i) {
        octets[i] = static_cast<std::uint8_t>(octet(data, 20 + i));
      }
      error.offender = ancillary::ip_address::v4(octets);
    } else if (family == 10 && data.size() >= 40) {
      ancillary::ip_address::v6_octets octets{};
      for (std::size_t i = 0; i < octets.size(); ++i) {
        octets[i] = static_cast<std::uint8_t>(octet(data, 24 + i));
      }
      error.offender = ancillary::ip_address::v6(octets).unmapped();
    }
    return error;
  }

  static ancillary::transport_error of_windows(bytes data) {
    ancillary::transport_error error;
    const std::uint32_t protocol = u32(data, 0);
    error.info = u32(data, 4);
    if (protocol == 1 || protocol == 58) {
      error.origin =
          protocol == 1 ? ancillary::error_origin::icmp : ancillary::error_origin::icmpv6;
      error.type = static_cast<std::uint8_t>(octet(data, 8));
      error.code = static_cast<std::uint8_t>(octet(data, 9));
    }
    return error;
  }
};

} // namespace ancillary_test
