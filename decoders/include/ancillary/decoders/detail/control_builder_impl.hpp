#pragma once

#include "ancillary/decoders/control_builder.hpp"

namespace ancillary {

template <control_layout Layout>
constexpr field_set control_builder<Layout>::carries() noexcept {
  if constexpr (windows) {
    return field_set::all() -
           field_set{field::dropped_total, field::original_destination, field::hardware_timestamp};
  } else {
    return {field::destination,   field::interface_index,      field::hop_limit,
            field::traffic_class, field::segment_bytes,        field::timestamp,
            field::dropped_total, field::original_destination, field::hardware_timestamp};
  }
}

template <control_layout Layout>
constexpr std::byte* control_builder<Layout>::append(message_type type,
                                                     std::size_t data_bytes) noexcept {
  using word = std::conditional_t<Layout::word_bytes == 8, std::uint64_t, std::uint32_t>;
  const std::size_t rest = storage_.size() - used_;
  if (data_bytes > rest || Layout::space(data_bytes) > rest) {
    return nullptr;
  }
  std::byte* const header = storage_.data() + used_;
  std::byte* const data = header + Layout::header_bytes;
  detail::store_little(header, static_cast<word>(Layout::header_bytes + data_bytes));
  detail::store_little(header + Layout::word_bytes, type.key());
  // Written so that the compiler can see that the padding is short, whatever data_bytes is.
  const std::size_t padding_bytes = (0 - data_bytes) % Layout::alignment;
  detail::clear_bytes(data + data_bytes, padding_bytes);
  used_ += Layout::space(data_bytes);
  return data;
}

template <control_layout Layout>
constexpr bool control_builder<Layout>::u32(message_type type, std::uint32_t value) noexcept {
  std::byte* const at = append(type, 4);
  if (at != nullptr) {
    detail::store_little(at, value);
  }
  return at != nullptr;
}

// message_table.hpp documents the payloads.
template <control_layout Layout>
constexpr bool control_builder<Layout>::pktinfo(const ip_address& address,
                                                std::uint32_t interface_index,
                                                const ip_address& local) noexcept {
  if (address.is_v6()) {
    std::byte* const at = append(is::pktinfo_v6, 20);
    if (at == nullptr) {
      return false;
    }
    detail::store_octets(at, address.bytes());
    detail::store_little(at + 16, interface_index);
    return true;
  }
  std::byte* const at = append(is::pktinfo_v4, windows ? 8 : 12);
  if (at == nullptr) {
    return false;
  }
  if constexpr (windows) {
    detail::store_octets(at, address.bytes());
    detail::store_little(at + 4, interface_index);
  } else {
    detail::store_little(at, interface_index);
    detail::store_octets(at + 4, local.is_v4() ? local.bytes() : ip_address{}.bytes());
    detail::store_octets(at + 8, address.bytes());
  }
  return true;
}

template <control_layout Layout>
constexpr bool control_builder<Layout>::timespec(std::int64_t ns, message_type old,
                                                 message_type wide,
                                                 std::size_t empty_stamps) noexcept {
  constexpr std::int64_t ns_per_second = 1'000'000'000;
  std::int64_t seconds = ns / ns_per_second;
  std::int64_t fraction = ns % ns_per_second;
  if (fraction < 0) {
    --seconds;
    fraction += ns_per_second;
  }
  bool narrow = false;
  if constexpr (Layout::word_bytes == 4) {
    narrow = seconds <= std::numeric_limits<std::int32_t>::max() &&
             seconds >= std::numeric_limits<std::int32_t>::min();
  }
  const std::size_t stamp_bytes = narrow ? 8 : 16;
  const std::size_t data_bytes = (empty_stamps + 1) * stamp_bytes;
  std::byte* at = append(Layout::word_bytes == 8 || narrow ? old : wide, data_bytes);
  if (at == nullptr) {
    return false;
  }
  detail::clear_bytes(at, data_bytes);
  at += data_bytes - stamp_bytes;
  if (narrow) {
    detail::store_little(at, static_cast<std::uint32_t>(seconds));
    detail::store_little(at + 4, static_cast<std::uint32_t>(fraction));
  } else {
    detail::store_little(at, static_cast<std::uint64_t>(seconds));
    detail::store_little(at + 8, static_cast<std::uint64_t>(fraction));
  }
  return true;
}

template <control_layout Layout>
constexpr bool control_builder<Layout>::timestamp(const ancillary::timestamp& when) noexcept {
  if constexpr (windows) {
    if (when.clock != timestamp_clock::performance_counter) {
      return false;
    }
    std::byte* const at = append(is::timestamp, 8);
    if (at != nullptr) {
      detail::store_little(at, static_cast<std::uint64_t>(when.value));
    }
    return at != nullptr;
  } else {
    return when.clock == timestamp_clock::realtime &&
           timespec(when.value, is::timestamp, is::timestamp_64, 0);
  }
}

template <control_layout Layout>
constexpr bool
control_builder<Layout>::hardware_timestamp(const ancillary::timestamp& when) noexcept {
  if constexpr (windows) {
    return no_message(when);
  } else {
    return when.clock == timestamp_clock::hardware &&
           timespec(when.value, is::timestamping, is::timestamping_64, 2);
  }
}

template <control_layout Layout>
constexpr bool
control_builder<Layout>::hardware_timestamp_origin(const timestamp_origin& origin) noexcept {
  if constexpr (windows) {
    return no_message(origin);
  } else {
    constexpr std::size_t data_bytes = 16;
    std::byte* const at = append(is::timestamp_origin, data_bytes);
    if (at == nullptr) {
      return false;
    }
    detail::clear_bytes(at, data_bytes);
    detail::store_little(at, origin.interface_index);
    detail::store_little(at + 4, origin.packet_bytes);
    return true;
  }
}

template <control_layout Layout>
constexpr bool
control_builder<Layout>::original_destination(const socket_address& endpoint) noexcept {
  if constexpr (windows) {
    return no_message(endpoint);
  } else {
    constexpr std::uint16_t af_inet = 2;   // linux/socket.h
    constexpr std::uint16_t af_inet6 = 10; // linux/socket.h
    const bool v4 = endpoint.address.is_v4();
    const std::size_t data_bytes = v4 ? 16 : 28;
    std::byte* const at =
        append(v4 ? is::original_destination_v4 : is::original_destination_v6, data_bytes);
    if (at == nullptr) {
      return false;
    }
    detail::clear_bytes(at, data_bytes);
    detail::store_little(at, v4 ? af_inet : af_inet6);
    detail::store_network_16(at + 2, endpoint.port);
    detail::store_octets(at + (v4 ? 4 : 8), endpoint.address.bytes());
    return true;
  }
}

template <control_layout Layout>
constexpr bool control_builder<Layout>::send_segment_bytes(std::uint32_t bytes) noexcept {
  if constexpr (windows) {
    return u32(is::send_segment_bytes, bytes);
  } else {
    // linux/net/ipv4/udp.c, __udp_cmsg_send: Linux rejects a message of any other size.
    if (bytes > std::numeric_limits<std::uint16_t>::max()) {
      return false;
    }
    std::byte* const at = append(is::send_segment_bytes, 2);
    if (at != nullptr) {
      detail::store_little(at, static_cast<std::uint16_t>(bytes));
    }
    return at != nullptr;
  }
}

template <control_layout Layout>
constexpr bool control_builder<Layout>::metadata(const ancillary::metadata& values) noexcept {
  const std::size_t before = used_;
  const ip_family family = values.destination ? family_of(*values.destination) : ip_family::v4;
  const field_set wanted = carries() & values.present();
  const auto put = [&](field what, auto write) { return !wanted.contains(what) || write(); };
  const bool fits =
      put(field::destination,
          [&] {
            return destination(*values.destination, values.interface_index.value_or(0),
                               values.local_address.value_or(ip_address{}));
          }) &&
      put(field::receive_interface,
          [&] { return receive_interface(*values.receive_interface, family); }) &&
      put(field::original_arrival_interface,
          [&] { return original_arrival_interface(*values.original_arrival_interface, family); }) &&
      put(field::hop_limit, [&] { return hop_limit(*values.hop_limit, family); }) &&
      put(field::traffic_class, [&] { return traffic_class(*values.traffic_class, family); }) &&
      put(field::ecn, [&] { return ecn(*values.ecn, family); }) &&
      put(field::segment_bytes, [&] { return segment_bytes(*values.segment_bytes); }) &&
      put(field::timestamp,
          [&] {
            constexpr auto clock =
                windows ? timestamp_clock::performance_counter : timestamp_clock::realtime;
            return values.timestamp->clock != clock || timestamp(*values.timestamp);
          }) &&
      put(field::hardware_timestamp,
          [&] {
            if (values.hardware_timestamp->clock != timestamp_clock::hardware) {
              return true;
            }
            return (!values.hardware_timestamp_origin ||
                    hardware_timestamp_origin(*values.hardware_timestamp_origin)) &&
                   hardware_timestamp(*values.hardware_timestamp);
          }) &&
      put(field::dropped_total, [&] { return dropped_total(*values.dropped_total); }) &&
      put(field::original_destination,
          [&] { return original_destination(*values.original_destination); }) &&
      put(field::redirect_records,
          [&] { return redirect_records(values.redirect_records->bytes(), family); }) &&
      put(field::redirect_context,
          [&] { return redirect_context(values.redirect_context->bytes(), family); });
  if (!fits) {
    used_ = before;
  }
  return fits && (used_ != before || values.present().empty());
}

} // namespace ancillary
