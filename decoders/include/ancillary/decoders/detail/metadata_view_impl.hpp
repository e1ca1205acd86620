#pragma once

#include "ancillary/decoders/metadata_view.hpp"

namespace ancillary {

// The messages whose type the buffer's layout does not know. Valid as long as the buffer.
class unknown_message_range {
public:
  // Begins at the first message of `control`.
  constexpr unknown_message_range(layout_id layout, std::span<const std::byte> control) noexcept
      : cursor_(layout, control), layout_(layout) {}

  // The next unknown message; nullopt at the end and after an error. A template, because few
  // programs use it and it takes the tables of all layouts.
  template <class = void>
  constexpr std::optional<control_message> next() noexcept {
    auto message = cursor_.next();
    while (message && with_layout(layout_, [&](auto layout) {
             return detail::is_known<decltype(layout)>({message->level, message->type});
           })) {
      message = cursor_.next();
    }
    return message;
  }

  template <class = void>
  constexpr auto begin() noexcept {
    return detail::cursor_iterator<unknown_message_range>{*this};
  }
  constexpr std::default_sentinel_t end() const noexcept { return {}; }

private:
  any_control_cursor cursor_;
  layout_id layout_;
};

// Negative if absent or above 255. Compilers generate worse code for an optional here.
constexpr int metadata_view::load_octet(field what, std::uint32_t octet_bit) const noexcept {
  if (!has(what))
    return -1;
  if ((index_.state & octet_bit) == 0 && detail::load_little<std::uint32_t>(at(what)) > 0xff)
      [[unlikely]]
    return -1;
  return std::to_integer<int>(*at(what));
}

// Constructs the address in place: copying its 17 bytes right after they were written in pieces
// would stall on those writes.
constexpr std::optional<ip_address> metadata_view::destination() const noexcept {
  if (!has(field::destination))
    return std::nullopt;
  if ((index_.state & detail::state_bits::destination_v6) != 0)
    return load_destination_v6();
  return std::optional<ip_address>(std::in_place, detail::load_octets<4>(at(field::destination)));
}

constexpr std::optional<ip_address> metadata_view::load_destination_v6() const noexcept {
  const std::byte* const octets = at(field::destination);
  if (detail::is_v4_mapped(octets))
    return std::optional<ip_address>(std::in_place, detail::load_octets<4>(octets + 12));
  return std::optional<ip_address>(std::in_place, detail::load_octets<16>(octets));
}

constexpr std::optional<ecn_codepoint> metadata_view::ecn() const noexcept {
  namespace bits = detail::state_bits;
  if (!has(field::ecn)) {
    const int octet = load_octet(field::traffic_class, bits::traffic_class_octet);
    if (octet < 0)
      return std::nullopt;
    return static_cast<ecn_codepoint>(octet & 3);
  }
  const int value = load_octet(field::ecn, bits::ecn_octet);
  if (value < 0 || value > 3)
    return std::nullopt;
  return static_cast<ecn_codepoint>(value);
}

constexpr std::optional<ancillary::timestamp> metadata_view::load_timestamp() const noexcept {
  namespace bits = detail::state_bits;
  if ((index_.state & bits::timestamp_ticks) != 0) {
    const auto ticks =
        static_cast<std::int64_t>(detail::load_little<std::uint64_t>(at(field::timestamp)));
    if (ticks == 0)
      return std::nullopt;
    return ancillary::timestamp{timestamp_clock::performance_counter, ticks};
  }
  std::int64_t software = 0;
  if ((index_.state & (bits::timestamp_32 | bits::timestamp_us)) == 0) [[likely]] {
    software = detail::load_timespec(at(field::timestamp), false);
  } else if ((index_.state & bits::timestamp_us) == 0) {
    software = detail::load_timespec(at(field::timestamp), true);
  } else {
    const bool narrow = (index_.state & bits::timestamp_32) != 0;
    software = detail::load_timeval(at(field::timestamp), narrow);
  }
  if (software == 0)
    return std::nullopt;
  return ancillary::timestamp{timestamp_clock::realtime, software};
}

constexpr std::optional<ancillary::timestamp> metadata_view::hardware_timestamp() const noexcept {
  namespace bits = detail::state_bits;
  if (!has(field::hardware_timestamp))
    return std::nullopt;
  const std::byte* const triple =
      at((index_.state & bits::timestamp_in_triple) != 0 ? field::timestamp
                                                         : field::hardware_timestamp);
  const bool narrow = (index_.state & bits::triple_32) != 0;
  const std::size_t distance = narrow ? 16 : 32; // the third of three timespecs
  const std::int64_t hardware = detail::load_timespec(triple + distance, narrow);
  if (hardware == 0)
    return std::nullopt;
  return ancillary::timestamp{timestamp_clock::hardware, hardware};
}

constexpr std::optional<timestamp_origin>
metadata_view::hardware_timestamp_origin() const noexcept {
  if ((index_.state & detail::state_bits::timestamp_origin) == 0)
    return std::nullopt;
  const std::byte* const datum =
      control_.data() + index_.offsets[detail::index_slots::timestamp_origin];
  return timestamp_origin{detail::load_little<std::uint32_t>(datum),
                          detail::load_little<std::uint32_t>(datum + 4)};
}

constexpr socket_address metadata_view::load_original_destination() const noexcept {
  const std::byte* const datum = at(field::original_destination);
  const std::uint16_t port = detail::load_network_16(datum + 2);
  if ((index_.state & detail::state_bits::original_destination_v6) == 0) {
    return socket_address{ip_address::v4(detail::load_octets<4>(datum + 4)), port};
  }
  return socket_address{ip_address::v6(detail::load_octets<16>(datum + 8)).unmapped(), port};
}

constexpr std::optional<ip_address> metadata_view::local_address() const noexcept {
  if ((index_.state & detail::state_bits::local_address) == 0) {
    return std::nullopt;
  }
  // The local address lies before the destination in the same message, or in a message of its own.
  const bool apart = (index_.state & detail::state_bits::destination_v6) != 0;
  const std::size_t offset = apart ? index_.offsets[detail::index_slots::local_address]
                                   : index_.offset_of(field::destination) - 4;
  const auto octets = detail::load_octets<4>(control_.data() + offset);
  if (octets == ip_address::v4_octets{})
    return std::nullopt;
  return std::optional<ip_address>(std::in_place, octets);
}

constexpr std::span<const std::byte> metadata_view::load_opaque(field what) const noexcept {
  if (!has(what))
    return {};
  // The walk has checked the length in the header before the data.
  const std::size_t word = word_bytes(layout());
  const std::byte* const header = at(what) - word - 8;
  const std::uint64_t length = word == 8 ? detail::load_little<std::uint64_t>(header)
                                         : detail::load_little<std::uint32_t>(header);
  return {at(what), static_cast<std::size_t>(length) - word - 8};
}

constexpr field_set metadata_view::present() const noexcept {
  field_set fields = field_set::from_bits(index_.state);
  // For these fields, a message can lack a valid value, or a value can come from another message.
  if (fields.contains(field::hop_limit) && !hop_limit())
    fields.erase(field::hop_limit);
  if (fields.contains(field::timestamp) && !timestamp())
    fields.erase(field::timestamp);
  if (fields.contains(field::hardware_timestamp) && !hardware_timestamp())
    fields.erase(field::hardware_timestamp);
  if (fields.contains(field::traffic_class) && !traffic_class())
    fields.erase(field::traffic_class);
  if (ecn()) {
    fields.insert(field::ecn);
  } else {
    fields.erase(field::ecn);
  }
  if (!is_windows(layout()) && fields.contains(field::interface_index)) {
    fields.insert(field::receive_interface);
  }
  return fields;
}

constexpr unknown_message_range metadata_view::unknown_messages() const noexcept {
  return {layout(), error().reason == control_error_reason::buffer_too_large
                        ? std::span<const std::byte>{}
                        : control_};
}

} // namespace ancillary
