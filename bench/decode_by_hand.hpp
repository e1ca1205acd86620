#pragma once

#include "narrow_walk.hpp"
#include "native_walk.hpp"
#include <ancillary/decoders.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

// The code of a program without this library: the system's macros, a switch, and a copy of each
// payload, without checks of lengths or of duplicates.
namespace ancillary_bench {

using namespace ancillary;

// All fields of a datagram as a program would store them. Empty means not reported.
struct extracted {
  std::optional<ip_address> destination;
  std::optional<std::uint32_t> interface_index;
  std::optional<std::uint32_t> receive_interface;
  std::optional<std::uint32_t> original_arrival_interface;
  std::optional<std::uint8_t> hop_limit;
  std::optional<ancillary::traffic_class> traffic_class;
  std::optional<ecn_codepoint> ecn;
  std::optional<std::uint32_t> segment_bytes;
  std::optional<timestamp> received;
  std::optional<std::uint32_t> dropped_total;
  std::optional<socket_address> original_destination;

  // Not constexpr, so that GCC clears eleven flags instead of the whole object with a slow
  // instruction.
  extracted() noexcept {}

  friend bool operator==(const extracted&, const extracted&) = default;
};

template <class T>
inline T load(const unsigned char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline ip_address load_v4(const unsigned char* from) {
  return ip_address(load<ip_address::v4_octets>(from));
}
inline ip_address load_v6(const unsigned char* from) {
  return ip_address(load<ip_address::v6_octets>(from));
}
inline std::uint16_t load_port(const unsigned char* from) {
  return static_cast<std::uint16_t>(from[0] << 8 | from[1]);
}

inline void take_windows(extracted& all, int level, int type, const unsigned char* data) {
  using is = windows_messages;
  switch (level) {
  case is::ipv4_level:
    switch (type) {
    case is::pktinfo_v4.type:
      all.destination.emplace(load<ip_address::v4_octets>(data));
      all.interface_index = load<std::uint32_t>(data + 4);
      break;
    case is::receive_interface_v4.type:
      all.receive_interface = load<std::uint32_t>(data);
      break;
    case is::original_arrival_v4.type:
      all.original_arrival_interface = load<std::uint32_t>(data);
      break;
    case is::hop_limit_v4.type:
    case is::old_hop_limit_v4.type:
      all.hop_limit = *data;
      break;
    case is::traffic_class_v4.type:
    case is::old_traffic_class_v4.type:
      all.traffic_class = traffic_class{*data};
      break;
    case is::ecn_v4.type:
      all.ecn = static_cast<ecn_codepoint>(*data);
      break;
    }
    break;
  case is::ipv6_level:
    switch (type) {
    case is::pktinfo_v6.type:
      all.destination.emplace(load<ip_address::v6_octets>(data));
      all.interface_index = load<std::uint32_t>(data + 16);
      break;
    case is::receive_interface_v6.type:
      all.receive_interface = load<std::uint32_t>(data);
      break;
    case is::original_arrival_v6.type:
      all.original_arrival_interface = load<std::uint32_t>(data);
      break;
    case is::hop_limit_v6.type:
      all.hop_limit = *data;
      break;
    case is::traffic_class_v6.type:
      all.traffic_class = traffic_class{*data};
      break;
    case is::ecn_v6.type:
      all.ecn = static_cast<ecn_codepoint>(*data);
      break;
    }
    break;
  case is::udp_level:
    if (type == is::segment_bytes.type)
      all.segment_bytes = load<std::uint32_t>(data);
    break;
  case is::socket_level:
    if (type == is::timestamp.type)
      all.received = timestamp{timestamp_clock::performance_counter, load<std::int64_t>(data)};
    break;
  }
}

// A timespec of the layout's word.
template <class Layout>
inline timestamp load_stamp(const unsigned char* from) {
  using word = std::conditional_t<Layout::word_bytes == 8, std::int64_t, std::int32_t>;
  return {timestamp_clock::realtime,
          std::int64_t{load<word>(from)} * 1'000'000'000 + load<word>(from + sizeof(word))};
}

// Linux has one message for both.
inline void take_interface(extracted& all, std::uint32_t index) {
  all.interface_index = index;
  all.receive_interface = index;
}

template <class Layout>
inline void take_linux(extracted& all, int level, int type, const unsigned char* data) {
  using is = linux_messages;
  switch (level) {
  case is::ipv4_level:
    switch (type) {
    case is::pktinfo_v4.type:
      all.destination.emplace(load<ip_address::v4_octets>(data + 8));
      take_interface(all, load<std::uint32_t>(data));
      break;
    case is::hop_limit_v4.type:
      all.hop_limit = *data;
      break;
    case is::traffic_class_v4.type:
      all.traffic_class = traffic_class{*data};
      break;
    case is::original_destination_v4.type:
      all.original_destination.emplace(socket_address{load_v4(data + 4), load_port(data + 2)});
      break;
    }
    break;
  case is::ipv6_level:
    switch (type) {
    case is::pktinfo_v6.type:
      all.destination.emplace(load<ip_address::v6_octets>(data));
      take_interface(all, load<std::uint32_t>(data + 16));
      break;
    case is::hop_limit_v6.type:
      all.hop_limit = *data;
      break;
    case is::traffic_class_v6.type:
      all.traffic_class = traffic_class{*data};
      break;
    case is::original_destination_v6.type:
      all.original_destination.emplace(socket_address{load_v6(data + 8), load_port(data + 2)});
      break;
    }
    break;
  case is::udp_level:
    if (type == is::segment_bytes.type)
      all.segment_bytes = load<std::uint32_t>(data);
    break;
  case is::socket_level:
    switch (type) {
    case is::timestamp.type:
      all.received = load_stamp<Layout>(data);
      break;
    case is::dropped_total.type:
      all.dropped_total = load<std::uint32_t>(data);
      break;
    }
    break;
  }
}

template <class Layout>
ANCILLARY_ALWAYS_INLINE inline extracted extract_by_macros(std::byte* control, std::size_t bytes) {
  extracted all;
  const auto take = [&all](int level, int type, const unsigned char* data) {
    if constexpr (is_windows_layout<Layout>) {
      take_windows(all, level, type, data);
    } else {
      take_linux<Layout>(all, level, type, data);
    }
  };
  if constexpr (Layout::word_bytes == sizeof(std::size_t)) {
    native_walk(control, bytes, take);
  } else {
    narrow_walk(control, bytes, take);
  }
  // If ECN has no message of its own.
  if (!all.ecn && all.traffic_class)
    all.ecn = all.traffic_class->ecn();
  return all;
}

} // namespace ancillary_bench
