#pragma once

#include "ancillary/decoders/fields.hpp"
#include "ancillary/decoders/layout.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

// Which field each control message carries, its offset in the data, and the data bytes required.
namespace ancillary::detail {

// What is known of a field besides its offset, in the bits above those of the fields themselves.
namespace state_bits {
inline constexpr std::uint32_t fields = (std::uint32_t{1} << field_count) - 1;
inline constexpr std::uint32_t local_address = 1u << 14;
inline constexpr std::uint32_t destination_v6 = 1u << 15;
inline constexpr std::uint32_t hop_limit_octet = 1u << 16; // one byte, not four
inline constexpr std::uint32_t traffic_class_octet = 1u << 17;
inline constexpr std::uint32_t ecn_octet = 1u << 18;
inline constexpr std::uint32_t original_destination_v6 = 1u << 19;
inline constexpr std::uint32_t timestamp_ticks = 1u << 20; // UINT64 of the performance counter
inline constexpr std::uint32_t timestamp_32 = 1u << 21;    // seconds and fraction of 32 bits
inline constexpr std::uint32_t timestamp_us = 1u << 22;    // the fraction in microseconds
// The software timestamp's message is that of the hardware timestamp, which has no offset of its
// own.
inline constexpr std::uint32_t timestamp_in_triple = 1u << 23;
inline constexpr std::uint32_t triple_32 = 1u << 24; // timestamp_32 of the hardware timestamp
inline constexpr std::uint32_t timestamp_origin = 1u << 25;

constexpr std::uint32_t of(field what) noexcept {
  return std::uint32_t{1} << static_cast<unsigned>(what);
}
} // namespace state_bits

// Where the index keeps the offset of a message. No system has both the opaque messages (Windows)
// and hardware timestamps (Linux), so these share their places.
namespace index_slots {
constexpr std::uint8_t of(field what) noexcept {
  return static_cast<std::uint8_t>(what == field::hardware_timestamp ? field::redirect_records
                                                                     : what);
}
inline constexpr std::uint8_t timestamp_origin = of(field::redirect_context);
// The local address of a dual-stack Linux socket, which arrives in a separate message.
inline constexpr std::uint8_t local_address = timestamp_origin + 1;
inline constexpr std::size_t count = local_address + 1;
} // namespace index_slots

// The field that one message type carries. Two rows fit into a cache line. All padding is explicit,
// because MSVC warns about padding added by alignas (C4324).
struct alignas(32) message_row {
  std::uint64_t key;         // message_type::key()
  std::uint32_t state;       // the bits that the message sets
  std::uint32_t short_state; // the same with less than four bytes of data
  std::uint8_t slot;         // of index_slots: where the message's offset goes
  std::uint8_t needed_bytes; // of data
  std::uint8_t offset;       // of the field in the data
  std::array<std::uint8_t, 13> padding{};
};

constexpr message_row row(message_type what, field carried, std::uint8_t needed_bytes,
                          std::uint32_t kind = 0, std::uint8_t offset = 0) noexcept {
  const std::uint32_t state = state_bits::of(carried) | kind;
  return {what.key(), state, state, index_slots::of(carried), needed_bytes, offset};
}

// An integer of four bytes, or of one byte on systems that send one.
constexpr message_row octet_row(message_type what, field carried,
                                std::uint32_t octet_bit) noexcept {
  message_row made = row(what, carried, 1);
  made.short_state |= octet_bit;
  return made;
}
constexpr message_row hop_limit_row(message_type what) noexcept {
  return octet_row(what, field::hop_limit, state_bits::hop_limit_octet);
}
constexpr message_row traffic_class_row(message_type what) noexcept {
  return octet_row(what, field::traffic_class, state_bits::traffic_class_octet);
}
constexpr message_row ecn_row(message_type what) noexcept {
  return octet_row(what, field::ecn, state_bits::ecn_octet);
}

// Destination and interface index, and on Linux the local address. The last two lie at a fixed
// distance from the destination.
constexpr message_row pktinfo_row(message_type what, std::uint8_t needed_bytes, std::uint32_t kind,
                                  std::uint8_t offset = 0) noexcept {
  return row(what, field::destination, needed_bytes, state_bits::of(field::interface_index) | kind,
             offset);
}

//      IN_PKTINFO (ws2ipdef.h)   0 address, 4 interface
//      IN6_PKTINFO               0 address, 16 interface
//      the _EX forms append a SCOPE_ID of 4 bytes
// Redirect records and context are opaque bytes of any length.
template <class Layout>
requires is_windows_layout<Layout>
constexpr auto message_rows() noexcept {
  using is = windows_messages;
  return std::array{
      pktinfo_row(is::pktinfo_v4, 8, 0),
      pktinfo_row(is::pktinfo_ex_v4, 8, 0),
      pktinfo_row(is::pktinfo_v6, 20, state_bits::destination_v6),
      pktinfo_row(is::pktinfo_ex_v6, 20, state_bits::destination_v6),
      row(is::receive_interface_v4, field::receive_interface, 4),
      row(is::receive_interface_v6, field::receive_interface, 4),
      row(is::original_arrival_v4, field::original_arrival_interface, 4),
      row(is::original_arrival_v6, field::original_arrival_interface, 4),
      hop_limit_row(is::hop_limit_v4),
      hop_limit_row(is::old_hop_limit_v4),
      hop_limit_row(is::hop_limit_v6),
      traffic_class_row(is::traffic_class_v4),
      traffic_class_row(is::old_traffic_class_v4),
      traffic_class_row(is::traffic_class_v6),
      ecn_row(is::ecn_v4),
      ecn_row(is::ecn_v6),
      row(is::segment_bytes, field::segment_bytes, 4),
      row(is::timestamp, field::timestamp, 8, state_bits::timestamp_ticks),
      row(is::redirect_records_v4, field::redirect_records, 0),
      row(is::redirect_records_v6, field::redirect_records, 0),
      row(is::redirect_context_v4, field::redirect_context, 0),
      row(is::redirect_context_v6, field::redirect_context, 0),
  };
}

//      in_pktinfo (linux/in.h)   0 interface, 4 local address, 8 destination
//      in6_pktinfo               0 destination, 16 interface
//      sockaddr_in               0 family, 2 port, 4 address, 8 zero
//      sockaddr_in6              0 family, 2 port, 4 flow, 8 address, 24 scope
//      timespec, timeval         0 seconds, then nanoseconds or microseconds of the same width
//      scm_timestamping          three timespecs: software, unused, hardware
//      scm_ts_pktinfo            0 interface, 4 packet bytes, 8 reserved
//                                (linux/errqueue.h, linux/net_tstamp.h)
template <class Layout>
requires(!is_windows_layout<Layout>) constexpr auto message_rows() noexcept {
  using is = linux_messages;
  constexpr bool wide = Layout::word_bytes == 8;
  constexpr std::uint8_t old_stamp_bytes = wide ? 16 : 8;
  constexpr std::uint32_t old_stamp = wide ? 0 : state_bits::timestamp_32;
  constexpr std::uint32_t triple =
      state_bits::of(field::hardware_timestamp) | state_bits::timestamp_in_triple;
  constexpr std::uint32_t old_triple = triple | old_stamp | (wide ? 0 : state_bits::triple_32);
  constexpr std::uint32_t us = state_bits::timestamp_us;
  constexpr std::uint32_t origin = state_bits::timestamp_origin;
  return std::array{
      pktinfo_row(is::pktinfo_v4, 12, state_bits::local_address, 8),
      pktinfo_row(is::pktinfo_v6, 20, state_bits::destination_v6),
      hop_limit_row(is::hop_limit_v4),
      hop_limit_row(is::hop_limit_v6),
      traffic_class_row(is::traffic_class_v4),
      traffic_class_row(is::traffic_class_v6),
      row(is::segment_bytes, field::segment_bytes, 4),
      row(is::timestamp, field::timestamp, old_stamp_bytes, old_stamp),
      row(is::timestamp_64, field::timestamp, 16),
      row(is::timestamp_us, field::timestamp, old_stamp_bytes, old_stamp | us),
      row(is::timestamp_us_64, field::timestamp, 16, us),
      row(is::timestamping, field::timestamp, 3 * old_stamp_bytes, old_triple),
      row(is::timestamping_64, field::timestamp, 48, triple),
      message_row{is::timestamp_origin.key(), origin, origin, index_slots::timestamp_origin, 8, 0},
      row(is::dropped_total, field::dropped_total, 4),
      row(is::original_destination_v4, field::original_destination, 8),
      row(is::original_destination_v6, field::original_destination, 24,
          state_bits::original_destination_v6),
  };
}

// The rows of a layout in a perfect hash table: a multiplication finds a row, and the compiler
// searches for the factor. Lookup costs the same for every type and has no branch to mispredict.
template <class Layout>
class message_table {
public:
  constexpr message_table() noexcept {
    constexpr auto rows = message_rows<Layout>();
    while (!place(rows)) {
      factor_ = factor_ * 6364136223846793005u + 1442695040888963407u; // Knuth's MMIX
    }
  }

  // The row for a type. If there is none, a row with another key.
  constexpr const message_row& find(std::uint64_t key) const noexcept { return rows_[hash(key)]; }

private:
  static constexpr unsigned size_bits = 6;

  constexpr std::size_t hash(std::uint64_t key) const noexcept {
    return static_cast<std::size_t>(key * factor_ >> (64 - size_bits));
  }

  constexpr bool place(std::span<const message_row> rows) noexcept {
    // An empty place holds a key that hashes elsewhere, so that no lookup matches it.
    const std::uint64_t first = rows[0].key;
    const std::uint64_t second = rows[1].key;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      rows_[i] = {hash(first) == i ? second : first, 0, 0, 0, 0, 0};
    }
    for (const message_row& each : rows) {
      message_row& place = rows_[hash(each.key)];
      if (place.state != 0) {
        return false;
      }
      place = each;
      place.needed_bytes = static_cast<std::uint8_t>(place.needed_bytes + Layout::header_bytes);
      place.offset = static_cast<std::uint8_t>(place.offset + Layout::header_bytes);
    }
    return true;
  }

  std::uint64_t factor_ = 1;
  [[maybe_unused]] std::array<std::uint64_t, 3> padding_{};
  std::array<message_row, std::size_t{1} << size_bits> rows_{};
};

template <class Layout>
inline constexpr message_table<Layout> messages_of{};

template <class Layout>
constexpr bool is_known(message_type what) noexcept {
  return messages_of<Layout>.find(what.key()).key == what.key();
}

} // namespace ancillary::detail
