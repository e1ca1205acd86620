// What the kernel's program for steering by content and its equivalent in user space have in
// common. Both must come to the same lane.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ancillary::detail {

// Context: a classic BPF program has 32-bit arithmetic with one accumulator and one index register,
// loads in network byte order and no loops. Choice: multiply and shift, word by word, and a last
// round that carries the high bits down, because lanes are selected by a remainder. Rejected: CRC
// and table hashes (no tables), SipHash and other keyed hashes (hundreds of instructions).
namespace lane_hash {

// Golden ratio times 2^32, made odd (Knuth, The Art of Computer Programming 3, 6.4).
inline constexpr std::uint32_t step_factor = 0x9E3779B1;
inline constexpr unsigned step_shift = 15;
// From the finalizer of MurmurHash3, which is in the public domain.
inline constexpr std::uint32_t last_factor = 0x85EBCA6B;
inline constexpr unsigned last_shift_before = 16;
inline constexpr unsigned last_shift_after = 13;

[[nodiscard]] constexpr std::uint32_t step(std::uint32_t hash, std::uint32_t word) noexcept {
  hash = (hash ^ word) * step_factor;
  return hash ^ hash >> step_shift;
}

[[nodiscard]] constexpr std::uint32_t last(std::uint32_t hash) noexcept {
  hash = (hash ^ hash >> last_shift_before) * last_factor;
  return hash ^ hash >> last_shift_after;
}

// Calls take(offset, bytes) for the loads that cover a range: four bytes each, then two, then one.
template <class Take>
constexpr void for_each_load(std::size_t offset, std::size_t length, Take take) {
  for (const std::size_t bytes : {std::size_t{4}, std::size_t{2}, std::size_t{1}}) {
    for (; length >= bytes; offset += bytes, length -= bytes) {
      take(offset, bytes);
    }
  }
}

} // namespace lane_hash

[[nodiscard]] constexpr std::uint32_t lane_hash_of(std::span<const std::byte> bytes) noexcept {
  std::uint32_t hash = 0;
  lane_hash::for_each_load(0, bytes.size(), [&](std::size_t offset, std::size_t count) {
    std::uint32_t word = 0;
    for (const std::byte each : bytes.subspan(offset, count)) {
      word = word << 8 | std::to_integer<std::uint32_t>(each);
    }
    hash = lane_hash::step(hash, word);
  });
  return lane_hash::last(hash);
}

// The invariant part of QUIC headers (RFC 8999, 5.1 and 5.2).
namespace quic_header {
inline constexpr std::byte long_form{0x80}; // in the first octet
inline constexpr std::size_t short_id_offset = 1;
inline constexpr std::size_t long_id_length_offset = 5; // after the version
inline constexpr std::size_t long_id_offset = 6;
} // namespace quic_header

} // namespace ancillary::detail
