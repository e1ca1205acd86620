// The storage of one received buffer: its sender, payload, control messages and flags.
#pragma once

#include <ancillary/decoders/metadata_view.hpp>

#include <asio/ip/udp.hpp>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ancillary {
class slot_pool;
}

namespace ancillary::detail {

// Facts about a buffer besides its control messages; bits of slot::flags.
namespace slot_flag {
inline constexpr std::uint8_t payload_truncated = 1;
inline constexpr std::uint8_t control_truncated = 2;
inline constexpr std::uint8_t broadcast = 4;
inline constexpr std::uint8_t multicast = 8;
inline constexpr std::uint8_t control_malformed = 16;  // set by the loop
inline constexpr std::uint8_t coalesced_unmarked = 32; // set by its coalescing guard
} // namespace slot_flag

// The pool owns the memory and never moves it. Written by the driver, then the loop; then
// read-only.
struct slot {
  asio::ip::udp::endpoint remote; // the system writes the address directly into it
  std::byte* payload = nullptr;
  std::byte* control = nullptr;
  std::uint32_t payload_bytes = 0;
  std::uint32_t control_bytes = 0;
  std::uint32_t segment_bytes = 0; // of each datagram in the payload; 0: one datagram
  // Of the payload before it was truncated; 0: unknown. Read only if slot_flag::payload_truncated.
  std::uint32_t original_bytes = 0;
  std::uint8_t flags = 0;
  metadata_view metadata;

  // Retained packets of this slot, plus one for the window while the slot is still part of it. 0 if
  // the slot was never retained.
  std::atomic<std::uint32_t> holders{0};
  slot* next_free = nullptr;
  slot_pool* pool = nullptr;

  [[nodiscard]] std::span<const std::byte> payload_span() const noexcept {
    return {payload, payload_bytes};
  }
  [[nodiscard]] std::span<const std::byte> control_span() const noexcept {
    return {control, control_bytes};
  }
};

} // namespace ancillary::detail
