#pragma once

#include "ancillary/decoders/detail/bytes.hpp"
#include "ancillary/decoders/export.hpp"
#include "ancillary/decoders/fields.hpp"
#include "ancillary/decoders/metadata_view.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

namespace ancillary {

// A copy of opaque bytes in an object of fixed size. Keeps the first `capacity` bytes and flags
// truncation. Copying copies only the bytes held.
class opaque_bytes {
public:
  // The most bytes that it keeps.
  static constexpr std::size_t capacity = 256;

  // No bytes.
  constexpr opaque_bytes() noexcept : opaque_bytes(std::span<const std::byte>{}) {}
  // Copies the first `capacity` bytes.
  constexpr explicit opaque_bytes(std::span<const std::byte> source) noexcept
      : size_(static_cast<std::uint16_t>(source.size() < capacity ? source.size() : capacity)),
        truncated_(source.size() > capacity) {
    assign(source.data());
  }
  // Copies the bytes held.
  constexpr opaque_bytes(const opaque_bytes& other) noexcept
      : size_(other.size_), truncated_(other.truncated_) {
    assign(other.bytes_.data());
  }
  // Copies the bytes held.
  constexpr opaque_bytes& operator=(const opaque_bytes& other) noexcept {
    if (this != &other) {
      size_ = other.size_;
      truncated_ = other.truncated_;
      assign(other.bytes_.data());
    }
    return *this;
  }

  // Valid until this object is assigned to or destroyed.
  constexpr std::span<const std::byte> bytes() const noexcept { return {bytes_.data(), size_}; }

  // Whether the source had more than `capacity` bytes.
  constexpr bool truncated() const noexcept { return truncated_; }

  friend constexpr bool operator==(const opaque_bytes& a, const opaque_bytes& b) noexcept {
    if (a.truncated_ != b.truncated_ || a.size_ != b.size_)
      return false;
    for (std::size_t i = 0; i != a.size_; ++i) {
      if (a.bytes_[i] != b.bytes_[i])
        return false;
    }
    return true;
  }

private:
  constexpr void assign(const std::byte* source) noexcept {
    if (std::is_constant_evaluated()) {
      bytes_.fill(std::byte{0});
    }
    detail::copy_bytes(bytes_.data(), source, size_);
  }

  std::uint16_t size_;
  bool truncated_;
  std::array<std::byte, capacity> bytes_; // uninitialized beyond size_
};

ANCILLARY_DECODERS_API std::ostream& operator<<(std::ostream& out, const opaque_bytes& opaque);

// The contents of a metadata_view as an independent value, without allocation. Each member has the
// meaning of the view's accessor of the same name.
struct metadata {
  // See metadata_view::destination().
  std::optional<ip_address> destination = {};
  // See metadata_view::interface_index().
  std::optional<std::uint32_t> interface_index = {};
  // See metadata_view::receive_interface().
  std::optional<std::uint32_t> receive_interface = {};
  // See metadata_view::original_arrival_interface().
  std::optional<std::uint32_t> original_arrival_interface = {};
  // See metadata_view::hop_limit().
  std::optional<std::uint8_t> hop_limit = {};
  // See metadata_view::traffic_class().
  std::optional<ancillary::traffic_class> traffic_class = {};
  // See metadata_view::ecn().
  std::optional<ecn_codepoint> ecn = {};
  // See metadata_view::segment_bytes().
  std::optional<std::uint32_t> segment_bytes = {};
  // See metadata_view::timestamp().
  std::optional<ancillary::timestamp> timestamp = {};
  // See metadata_view::hardware_timestamp().
  std::optional<ancillary::timestamp> hardware_timestamp = {};
  // See metadata_view::hardware_timestamp_origin().
  std::optional<timestamp_origin> hardware_timestamp_origin = {};
  // See metadata_view::dropped_total().
  std::optional<std::uint32_t> dropped_total = {};
  // See metadata_view::original_destination().
  std::optional<socket_address> original_destination = {};
  // See metadata_view::local_address().
  std::optional<ip_address> local_address = {};
  // See metadata_view::redirect_records().
  std::optional<opaque_bytes> redirect_records = {};
  // See metadata_view::redirect_context().
  std::optional<opaque_bytes> redirect_context = {};

  // The fields that have a value.
  constexpr field_set present() const noexcept {
    field_set fields;
    const auto add = [&fields](const auto& member, field what) {
      if (member) {
        fields.insert(what);
      }
    };
    add(destination, field::destination);
    add(interface_index, field::interface_index);
    add(receive_interface, field::receive_interface);
    add(original_arrival_interface, field::original_arrival_interface);
    add(hop_limit, field::hop_limit);
    add(traffic_class, field::traffic_class);
    add(ecn, field::ecn);
    add(segment_bytes, field::segment_bytes);
    add(timestamp, field::timestamp);
    add(dropped_total, field::dropped_total);
    add(original_destination, field::original_destination);
    add(redirect_records, field::redirect_records);
    add(redirect_context, field::redirect_context);
    add(hardware_timestamp, field::hardware_timestamp);
    return fields;
  }

  friend constexpr bool operator==(const metadata&, const metadata&) = default;
};

// One line: "destination=192.0.2.1 interface_index=2 hop_limit=64"; "nothing" when empty.
ANCILLARY_DECODERS_API std::string to_string(const metadata& values);
ANCILLARY_DECODERS_API std::ostream& operator<<(std::ostream& out, const metadata& values);

constexpr metadata metadata_view::to_metadata() const noexcept {
  metadata copy;
  if (index_.state == 0) {
    return copy;
  }
  copy.destination = destination();
  copy.interface_index = interface_index();
  copy.receive_interface = receive_interface();
  copy.original_arrival_interface = original_arrival_interface();
  copy.hop_limit = hop_limit();
  copy.traffic_class = traffic_class();
  copy.ecn = ecn();
  copy.segment_bytes = segment_bytes();
  copy.timestamp = timestamp();
  copy.dropped_total = dropped_total();
  copy.original_destination = original_destination();
  copy.local_address = local_address();
  if (has(field::hardware_timestamp)) {
    copy.hardware_timestamp = hardware_timestamp();
  }
  copy.hardware_timestamp_origin = hardware_timestamp_origin();
  if (has(field::redirect_records)) {
    copy.redirect_records.emplace(redirect_records());
  }
  if (has(field::redirect_context)) {
    copy.redirect_context.emplace(redirect_context());
  }
  return copy;
}

} // namespace ancillary
