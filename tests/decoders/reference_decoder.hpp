#pragma once

#include "decoders/reference_messages.hpp"
#include <ancillary/decoders.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ancillary_test {

// The expected result of metadata_view, computed the simple way: octet by octet, a list of
// messages, field by field. Shares no code with the library's walk and index, and does not
// allocate, so that a fuzzer can afford it.
struct reference_result {
  ancillary::metadata values;
  ancillary::control_error error;
  std::uint32_t message_count = 0;
  std::uint32_t duplicate_count = 0;
  std::uint32_t unknown_count = 0;
};

class reference_decoder {
public:
  static reference_result decode(ancillary::layout_id layout, std::span<const std::byte> buffer) {
    reference_decoder decoder(layout, buffer);
    decoder.walk();
    decoder.addresses();
    decoder.numbers();
    decoder.stamp();
    return decoder.result_;
  }

  static bool is_known(ancillary::layout_id layout, int level, int type) {
    return reference_decoder(layout, {})
               .kind_of(static_cast<std::uint32_t>(level), static_cast<std::uint32_t>(type)) !=
           kind::unknown;
  }

private:
  using kind = reference_kind;

  // The first message of a field: its kind and the position of its data.
  struct found {
    kind what = kind::unknown;
    std::size_t offset = 0;
    std::size_t bytes = 0;

    explicit operator bool() const { return what != kind::unknown; }
  };

  reference_decoder(ancillary::layout_id layout, std::span<const std::byte> buffer)
      : all_(buffer),
        windows_(layout == ancillary::layout_id::windows_x64 ||
                 layout == ancillary::layout_id::windows_x86),
        word_(layout == ancillary::layout_id::windows_x64 ||
                      layout == ancillary::layout_id::linux_64
                  ? 8
                  : 4) {}

  std::uint8_t octet(std::size_t offset) const {
    return std::to_integer<std::uint8_t>(all_.subspan(offset, 1).front());
  }
  std::uint64_t number(std::size_t offset, std::size_t bytes) const {
    std::uint64_t value = 0;
    for (std::size_t i = bytes; i-- > 0;) {
      value = value << 8 | octet(offset + i);
    }
    return value;
  }
  ancillary::ip_address address(std::size_t offset, bool v6) const {
    if (!v6) {
      return ancillary::ip_address::v4(
          {octet(offset), octet(offset + 1), octet(offset + 2), octet(offset + 3)});
    }
    ancillary::ip_address::v6_octets octets{};
    for (std::size_t i = 0; i < octets.size(); ++i) {
      octets[i] = octet(offset + i);
    }
    return ancillary::ip_address::v6(octets).unmapped();
  }

  kind kind_of(std::uint64_t level, std::uint64_t type) const {
    return reference_kind_of(windows_, level, type);
  }
  std::size_t needed(kind what) const { return reference_bytes_of(what, windows_, word_); }
  const found& seen(kind what) const { return seen_[static_cast<std::size_t>(what)]; }

  void fail(ancillary::control_error_reason reason, std::size_t at) {
    if (!result_.error) {
      result_.error = {reason, at};
    }
  }

  void walk() {
    using reason = ancillary::control_error_reason;
    const std::size_t header = word_ + 8;
    if (all_.size() > 65'535) {
      fail(reason::buffer_too_large, 0);
      return;
    }
    for (std::size_t at = 0; at < all_.size() && all_.size() - at >= header;) {
      const std::uint64_t length = number(at, word_);
      if (length < header || length > all_.size() - at) {
        fail(length < header ? reason::length_below_header : reason::length_beyond_buffer, at);
        return;
      }
      ++result_.message_count;
      note(at, {kind_of(number(at + word_, 4), number(at + word_ + 4, 4)), at + header,
                static_cast<std::size_t>(length) - header});
      at += (static_cast<std::size_t>(length) + word_ - 1) / word_ * word_;
    }
  }

  void note(std::size_t at, const found& message) {
    if (!message) {
      ++result_.unknown_count;
      return;
    }
    if (message.bytes < needed(message.what)) {
      fail(ancillary::control_error_reason::payload_too_short, at);
      return;
    }
    const bool adds_local_address =
        message.what == kind::pktinfo && !windows_ && !result_.values.local_address;
    if (adds_local_address) {
      result_.values.local_address = address(message.offset + 4, false);
    }
    const kind field = reference_field_of(message.what);
    found& first = seen_[static_cast<std::size_t>(field)];
    const found& stamp = seen_[static_cast<std::size_t>(kind::stamp)];
    if (field == kind::stamps && !first && !stamp) {
      seen_[static_cast<std::size_t>(kind::stamp)] = message; // has the software timestamp too
    }
    if (first) {
      result_.duplicate_count += adds_local_address ? 0 : 1;
    } else {
      first = message;
    }
  }

  void addresses() {
    ancillary::metadata& values = result_.values;
    if (values.local_address && values.local_address->is_unspecified()) {
      values.local_address.reset();
    }
    if (const found& info = seen(kind::pktinfo)) {
      const bool v6 = info.what == kind::pktinfo6;
      const std::size_t interface_at = v6 ? 16 : windows_ ? 4 : 0;
      values.destination = address(info.offset + (v6 || windows_ ? 0 : 8), v6);
      values.interface_index = static_cast<std::uint32_t>(number(info.offset + interface_at, 4));
      if (!windows_) {
        values.receive_interface = values.interface_index;
      }
    }
    if (const found& proxied = seen(kind::proxied)) {
      const bool v6 = proxied.what == kind::proxied6;
      values.original_destination = ancillary::socket_address{
          address(proxied.offset + (v6 ? 8 : 4), v6),
          static_cast<std::uint16_t>(octet(proxied.offset + 2) << 8 | octet(proxied.offset + 3))};
    }
    const auto opaque = [this](const found& message) {
      return message ? std::optional<ancillary::opaque_bytes>(
                           all_.subspan(message.offset, message.bytes))
                     : std::nullopt;
    };
    values.redirect_records = opaque(seen(kind::records));
    values.redirect_context = opaque(seen(kind::context));
  }

  void numbers() {
    ancillary::metadata& values = result_.values;
    const auto u32 = [this](kind what) -> std::optional<std::uint32_t> {
      if (const found& message = seen(what)) {
        return static_cast<std::uint32_t>(number(message.offset, 4));
      }
      return std::nullopt;
    };
    if (windows_) {
      values.receive_interface = u32(kind::receive);
    }
    values.original_arrival_interface = u32(kind::original);
    values.segment_bytes = u32(kind::segment);
    values.dropped_total = u32(kind::dropped);

    const auto small = [this](kind what) -> std::optional<std::uint8_t> {
      const found& message = seen(what);
      const std::uint64_t value =
          message ? number(message.offset, message.bytes < 4 ? 1 : 4) : ~std::uint64_t{0};
      return value > 255 ? std::nullopt : std::optional{static_cast<std::uint8_t>(value)};
    };
    values.hop_limit = small(kind::ttl);
    if (const auto tos = small(kind::tos)) {
      values.traffic_class = ancillary::traffic_class{*tos};
      values.ecn = static_cast<ancillary::ecn_codepoint>(*tos % 4);
    }
    if (seen(kind::ecn)) {
      const auto ecn = small(kind::ecn);
      values.ecn = ecn && *ecn < 4 ? std::optional{static_cast<ancillary::ecn_codepoint>(*ecn)}
                                   : std::nullopt;
    }
  }

  // The bytes of each half of a time.
  std::size_t half_of(kind what) const {
    const bool wide =
        what == kind::stamp_wide || what == kind::stamp_us_wide || what == kind::stamps_wide;
    return wide ? 8 : word_;
  }
  // Nanoseconds of the time at `offset`, modulo 2^64 for any bytes.
  std::int64_t time(std::size_t offset, std::size_t half, std::uint64_t fraction_ns) const {
    const auto part = [&](std::size_t at) {
      const std::uint64_t raw = number(at, half);
      return half == 8 ? raw
                       : static_cast<std::uint64_t>(
                             static_cast<std::int32_t>(static_cast<std::uint32_t>(raw)));
    };
    return static_cast<std::int64_t>(part(offset) * 1'000'000'000u +
                                     part(offset + half) * fraction_ns);
  }

  void stamp() {
    using ancillary::timestamp_clock;
    std::optional<ancillary::timestamp>& value = result_.values.timestamp;
    if (const found& ticks = seen(kind::ticks)) {
      value = {timestamp_clock::performance_counter,
               static_cast<std::int64_t>(number(ticks.offset, 8))};
    } else if (const found& stamp = seen(kind::stamp)) {
      const bool in_us = stamp.what == kind::stamp_us || stamp.what == kind::stamp_us_wide;
      value = {timestamp_clock::realtime,
               time(stamp.offset, half_of(stamp.what), in_us ? 1'000u : 1u)};
    }
    if (value && value->value == 0) {
      value.reset();
    }
    std::optional<ancillary::timestamp>& hardware = result_.values.hardware_timestamp;
    if (const found& stamps = seen(kind::stamps)) {
      const std::size_t half = half_of(stamps.what);
      hardware = {timestamp_clock::hardware, time(stamps.offset + 4 * half, half, 1)};
      if (hardware->value == 0) {
        hardware.reset();
      }
    }
    if (const found& origin = seen(kind::origin)) {
      result_.values.hardware_timestamp_origin =
          ancillary::timestamp_origin{static_cast<std::uint32_t>(number(origin.offset, 4)),
                                      static_cast<std::uint32_t>(number(origin.offset + 4, 4))};
    }
  }

  std::span<const std::byte> all_;
  bool windows_;
  std::size_t word_;
  reference_result result_;
  std::array<found, 22> seen_{};
};

} // namespace ancillary_test
