// QUIC connection IDs that name a lane.
#pragma once

#include <cstddef>
#include <cstdint>
#include <gsl/assert>
#include <optional>
#include <span>

namespace ancillary {

// The connection IDs of a QUIC server with lanes. Each names the lane of its connection, in the
// unencrypted format of QUIC-LB (draft-ietf-quic-load-balancers) with a server ID of one octet:
//
//   octet 0      rotation (3 bits), length - 1 (5 bits)
//   octet 1      the lane
//   octets 2...  random
//
// With lane_steering::by_quic_connection_id, packets with such an ID go to its lane. The ID of a
// client's first packets is the client's choice: the lane that gets them makes the ID for the
// rest of the connection:
//
//   std::array<std::byte, 8> id = random_octets();
//   ids.make(lane, id);
//
// Observers can read the lane. If that is not acceptable, or if the IDs need another format, steer
// by_payload or by_flow.
class quic_connection_ids {
public:
  // In octets: what clients choose at least (RFC 9000, 7.2).
  static constexpr std::size_t min_length = 8;
  // In octets: what RFC 9000 permits (17.2).
  static constexpr std::size_t max_length = 20;
  // The lanes that an octet can name.
  static constexpr std::size_t max_lanes = 256;

  // All IDs of the server have this length, in octets. `rotation` distinguishes the formats of a
  // service; 7 would mean that the ID names no server. Expects both in range.
  explicit constexpr quic_connection_ids(std::size_t length = min_length, unsigned rotation = 0)
      : length_(static_cast<std::uint8_t>(length)),
        first_octet_(static_cast<std::uint8_t>(rotation << rotation_shift | (length - 1))) {
    Expects(length >= min_length && length <= max_length);
    Expects(rotation <= max_rotation);
  }

  // Makes an ID out of random octets: writes the first two, and leaves the others as they are. Take
  // the octets from a cryptographic generator, so that an observer cannot link two IDs of one
  // connection by them. Expects lane < max_lanes and id.size() == length().
  constexpr void make(std::size_t lane, std::span<std::byte> id) const {
    Expects(lane < max_lanes);
    Expects(id.size() == length_);
    id[0] = std::byte{first_octet_};
    id[1] = static_cast<std::byte>(lane);
  }

  // The lane that an ID names, which is not checked against the number of lanes; nullopt if the ID
  // does not have this format. A client's random ID has it by chance once in 256 times at most.
  [[nodiscard]] constexpr std::optional<std::size_t>
  lane_of(std::span<const std::byte> id) const noexcept {
    if (id.size() != length_ || id[0] != std::byte{first_octet_}) {
      return std::nullopt;
    }
    return std::to_integer<std::size_t>(id[1]);
  }

  // The length of each ID, in octets.
  [[nodiscard]] constexpr std::size_t length() const noexcept { return length_; }
  // The first octet of each ID.
  [[nodiscard]] constexpr std::byte first_octet() const noexcept { return std::byte{first_octet_}; }

  friend constexpr bool operator==(const quic_connection_ids&,
                                   const quic_connection_ids&) = default;

private:
  static constexpr unsigned rotation_shift = 5;
  static constexpr unsigned max_rotation = 6;

  std::uint8_t length_;
  std::uint8_t first_octet_;
};

} // namespace ancillary
