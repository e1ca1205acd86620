// How the lane of a datagram is chosen.
#pragma once

#include <ancillary/recvmsg/detail/lane_hash.hpp>
#include <ancillary/recvmsg/quic_connection_ids.hpp>

#include <cstddef>
#include <cstdint>
#include <gsl/assert>
#include <optional>
#include <span>

namespace ancillary {

// Some bytes of a payload, counted from its begin.
struct payload_range {
  std::size_t offset = 0; // at most 65,535
  std::size_t length = 4; // 1 to lane_steering::max_payload_length
};

// By addresses, by CPU, or by the content of the datagram:
//
//   options.steering = ancillary::lane_steering::by_cpu;
//   options.steering = ancillary::lane_steering::by_payload({.offset = 4, .length = 8});
//
// By content, all datagrams with the same key have the same lane, whatever their addresses. On
// Linux the kernel chooses (a classic BPF program, SO_ATTACH_REUSEPORT_CBPF; no privilege), which
// costs the lanes' threads nothing. On Windows a lane's datagrams pass through a queue
// (lane_options::queue). Of a coalesced buffer, the first datagram decides for all, so leave
// coalescing off if a peer may send several keys from one port; what such a peer sends segmented
// (UDP_SEGMENT) over the loopback interface or a veth pair is steered as a whole all the same. A
// sender can choose keys that share a lane: the hash is not secret.
class lane_steering {
public:
  // In bytes, of a payload_range.
  static constexpr std::size_t max_payload_length = 64;

  // The kernel's hash of addresses and ports: a flow stays on one lane. Linux.
  static const lane_steering by_flow;

  // The receiving CPU: no cache line crosses CPUs if lanes are pinned and the adapter spreads flows
  // over queues (RSS). Linux: modulo the number of lanes (SO_ATTACH_REUSEPORT_CBPF). Windows: if
  // there are as many lanes as processors, each gets a socket of its own (SIO_CPU_AFFINITY, as
  // msquic does it; not documented), unless dual_stack is set or the system lets no two sockets
  // share a port like this; then, and with other numbers, the lanes share one.
  static const lane_steering by_cpu;

  // A hash of these bytes. A datagram that lacks some of them goes to lane 0. Expects the range to
  // be within its limits.
  [[nodiscard]] static constexpr lane_steering by_payload(const payload_range& range) {
    Expects(range.length > 0 && range.length <= max_payload_length && range.offset <= 65535);
    lane_steering made(basis::payload);
    made.range_ = range;
    return made;
  }

  // The destination connection ID of QUIC packets of all versions (RFC 8999), found by its length
  // in a long header and by ids.length() in a short header. An ID that `ids` made selects the lane
  // that it names, while such a lane exists; of another, which is a client's random choice, a hash
  // of its first 8 octets selects the lane. Without 8 octets: lane 0. Expects at most
  // quic_connection_ids::max_lanes lanes.
  [[nodiscard]] static constexpr lane_steering
  by_quic_connection_id(const quic_connection_ids& ids) {
    lane_steering made(basis::quic_connection_id);
    made.ids_ = ids;
    return made;
  }

  // The lane of a datagram with this payload, of `lanes`; nullopt if the content does not decide.
  // Expects lanes > 0.
  [[nodiscard]] constexpr std::optional<std::size_t> lane_of(std::span<const std::byte> payload,
                                                             std::size_t lanes) const noexcept {
    Expects(lanes > 0);
    switch (basis_) {
    case basis::payload:
      return by_hash(payload, range_.offset, range_.length, lanes);
    case basis::quic_connection_id:
      return by_connection_id(payload, lanes);
    default:
      return std::nullopt;
    }
  }

  // What decides.
  enum class basis : std::uint8_t { flow, cpu, payload, quic_connection_id };
  // What it is for this steering.
  [[nodiscard]] constexpr basis decided_by() const noexcept { return basis_; }
  // Whether the content of the datagram decides.
  [[nodiscard]] constexpr bool by_content() const noexcept { return basis_ >= basis::payload; }
  // The bytes that decide; for basis::payload.
  [[nodiscard]] constexpr const payload_range& range() const noexcept { return range_; }
  // The format of the IDs that decide; for basis::quic_connection_id.
  [[nodiscard]] constexpr const quic_connection_ids& ids() const noexcept { return ids_; }

private:
  explicit constexpr lane_steering(basis what) noexcept : basis_(what) {}

  [[nodiscard]] static constexpr std::size_t by_hash(std::span<const std::byte> payload,
                                                     std::size_t offset, std::size_t length,
                                                     std::size_t lanes) noexcept {
    if (payload.size() < offset + length) {
      return 0;
    }
    return detail::lane_hash_of(payload.subspan(offset, length)) % lanes;
  }

  [[nodiscard]] constexpr std::size_t by_connection_id(std::span<const std::byte> payload,
                                                       std::size_t lanes) const noexcept {
    namespace header = detail::quic_header;
    if (payload.empty()) {
      return 0;
    }
    const bool is_long = (payload[0] & header::long_form) != std::byte{};
    const std::size_t id_offset = is_long ? header::long_id_offset : header::short_id_offset;
    if (payload.size() < id_offset + quic_connection_ids::min_length) {
      return 0;
    }
    if (is_long) {
      const auto length = std::to_integer<std::size_t>(payload[header::long_id_length_offset]);
      if (length < quic_connection_ids::min_length) {
        return 0;
      }
      if (length != ids_.length()) {
        return by_hash(payload, id_offset, quic_connection_ids::min_length, lanes);
      }
    }
    const auto lane = std::to_integer<std::size_t>(payload[id_offset + 1]);
    if (payload[id_offset] == ids_.first_octet() && lane < lanes) {
      return lane;
    }
    return by_hash(payload, id_offset, quic_connection_ids::min_length, lanes);
  }

  basis basis_;
  payload_range range_{};
  quic_connection_ids ids_{};
};

inline constexpr lane_steering lane_steering::by_flow{lane_steering::basis::flow};
inline constexpr lane_steering lane_steering::by_cpu{lane_steering::basis::cpu};

} // namespace ancillary
