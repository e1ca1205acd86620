// The control messages of a datagram to send.
#pragma once

#include <ancillary/decoders/control_builder.hpp>
#include <ancillary/recvmsg/outgoing.hpp>

#include <cstddef>

namespace ancillary::detail {

// Room for all of them: packet info, hop limit, traffic class or ECN, segment size.
inline constexpr std::size_t outgoing_control_bytes = 128;

// What to omit after the system refused it.
enum class pktinfo_use : std::uint8_t { full, without_interface, none };
enum class class_use : std::uint8_t { octet, ecn, none };

// Which of the requested header fields to send as messages.
struct header_use {
  class_use traffic_class = class_use::octet;
  bool hop_limit = true;
};

// The octet that `traffic_class` and `ecn` form together.
[[nodiscard]] constexpr traffic_class combined_traffic_class(const outgoing& from) noexcept {
  std::uint8_t value = from.traffic_class ? from.traffic_class->value : std::uint8_t{0};
  if (from.ecn) {
    value = static_cast<std::uint8_t>((value & 0xfc) | static_cast<std::uint8_t>(*from.ecn));
  }
  return {value};
}

// Expects a builder with outgoing_control_bytes of storage. `source` is that of `from`, or one
// found for the interface; `interface_index` is the outgoing interface, 0: as the routes decide.
template <control_layout Layout>
constexpr void build_control(control_builder<Layout>& to, const outgoing& from,
                             const std::optional<ip_address>& source, std::uint32_t interface_index,
                             ip_family family, bool segmented, std::uint32_t segment_bytes,
                             pktinfo_use use = pktinfo_use::full,
                             const header_use& header = {}) noexcept {
  if (use != pktinfo_use::full) {
    interface_index = 0;
  }
  if (use != pktinfo_use::none && (source || interface_index != 0)) {
    const ip_address any = family == ip_family::v4 ? ip_address{} : ip_address::v6({});
    to.source(source.value_or(any), interface_index);
  }
  if (from.hop_limit && header.hop_limit) {
    to.send_hop_limit(*from.hop_limit, family);
  }
  if (from.ecn || from.traffic_class) {
    const traffic_class octet = combined_traffic_class(from);
    if (header.traffic_class == class_use::octet) {
      to.send_traffic_class(octet, family);
    } else if (header.traffic_class == class_use::ecn) {
      to.send_ecn(octet.ecn(), family);
    }
  }
  if (segmented) {
    to.send_segment_bytes(segment_bytes);
  }
}

} // namespace ancillary::detail
