#pragma once

#include <ancillary/decoders.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ancillary_test {

// What metadata_view must say of a buffer, worked out the slow and plain way: a list of messages, a
// field at a time, all at once. It shares no code with the library's walk and index.
struct reference_result {
  ancillary::metadata values;
  ancillary::control_error error;
  std::uint32_t duplicate_count = 0;
  std::uint32_t unknown_count = 0;
};

class reference_decoder {
public:
  static reference_result decode(ancillary::layout_id layout, std::span<const std::byte> buffer);

private:
  using bytes = std::vector<std::uint8_t>;

  static std::uint64_t number(const bytes& from, std::size_t offset, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) {
      value = value << 8 | from.at(offset + i);
    }
    return value;
  }
  static ancillary::ip_address address(const bytes& from, std::size_t offset, bool v6) {
    if (!v6) {
      return ancillary::ip_address::v4(
          {from.at(offset), from.at(offset + 1), from.at(offset + 2), from.at(offset + 3)});
    }
    ancillary::ip_address::v6_octets octets{};
    for (std::size_t i = 0; i < 16; ++i) {
      octets[i] = from.at(offset + i);
    }
    return ancillary::ip_address::v6(octets).unmapped();
  }

  // The kind of a message, empty for an unknown one. '6' at the end: the IPv6 shape.
  static std::string kind_of(bool windows, std::uint32_t level, std::uint32_t type) {
    using key = std::pair<std::uint32_t, std::uint32_t>;
    static const std::map<key, std::string> of_windows{
        {{0, 19}, "pktinfo"},   {{41, 19}, "pktinfo6"}, {{0, 51}, "pktinfo"},
        {{41, 51}, "pktinfo6"}, {{0, 24}, "receive"},   {{41, 24}, "receive"},
        {{0, 47}, "original"},  {{41, 47}, "original"}, {{0, 4}, "ttl"},
        {{0, 21}, "ttl"},       {{41, 21}, "ttl"},      {{0, 3}, "tos"},
        {{0, 39}, "tos"},       {{41, 39}, "tos"},      {{0, 50}, "ecn"},
        {{41, 50}, "ecn"},      {{17, 3}, "segment"},   {{0xffff, 0x300A}, "ticks"},
        {{0, 60}, "records"},   {{41, 60}, "records"},  {{0, 70}, "context"},
        {{41, 70}, "context"}};
    static const std::map<key, std::string> of_linux{
        {{0, 8}, "pktinfo"},    {{41, 50}, "pktinfo6"},   {{0, 2}, "ttl"},
        {{41, 52}, "ttl"},      {{0, 1}, "tos"},          {{41, 67}, "tos"},
        {{17, 104}, "segment"}, {{1, 35}, "stamp"},       {{1, 64}, "stamp_wide"},
        {{1, 37}, "stamps"},    {{1, 65}, "stamps_wide"}, {{1, 40}, "dropped"},
        {{0, 20}, "proxied"},   {{41, 74}, "proxied6"}};
    const auto& table = windows ? of_windows : of_linux;
    const auto found = table.find({level, type});
    return found == table.end() ? std::string{} : found->second;
  }
};

inline reference_result reference_decoder::decode(ancillary::layout_id layout,
                                                  std::span<const std::byte> buffer) {
  using namespace ancillary;
  const bool windows = layout == layout_id::windows_x64 || layout == layout_id::windows_x86;
  const std::size_t word =
      layout == layout_id::windows_x64 || layout == layout_id::linux_64 ? 8 : 4;
  const std::size_t header = word + 8;
  bytes all;
  for (const std::byte octet : buffer) {
    all.push_back(std::to_integer<std::uint8_t>(octet));
  }

  reference_result result;
  if (all.size() > 65'535) {
    result.error.reason = control_error_reason::buffer_too_large;
    return result;
  }
  std::map<std::string, bytes> seen;
  std::map<std::string, std::string> kinds;
  std::size_t at = 0;
  while (at < all.size() && all.size() - at >= header) {
    const std::uint64_t length = number(all, at, word);
    if (length < header || length > all.size() - at) {
      if (!result.error) {
        result.error = {length < header ? control_error_reason::length_below_header
                                        : control_error_reason::length_beyond_buffer,
                        at};
      }
      break;
    }
    const std::string kind = kind_of(windows, static_cast<std::uint32_t>(number(all, at + word, 4)),
                                     static_cast<std::uint32_t>(number(all, at + word + 4, 4)));
    const bytes data(all.begin() + static_cast<std::ptrdiff_t>(at + header),
                     all.begin() + static_cast<std::ptrdiff_t>(at + length));
    const std::size_t stamp = word == 8 ? 16 : 8;
    const std::map<std::string, std::size_t> needed{{"pktinfo", windows ? 8 : 12},
                                                    {"pktinfo6", 20},
                                                    {"receive", 4},
                                                    {"original", 4},
                                                    {"ttl", 1},
                                                    {"tos", 1},
                                                    {"ecn", 1},
                                                    {"segment", 4},
                                                    {"ticks", 8},
                                                    {"records", 0},
                                                    {"context", 0},
                                                    {"stamp", stamp},
                                                    {"stamp_wide", 16},
                                                    {"stamps", 3 * stamp},
                                                    {"stamps_wide", 48},
                                                    {"dropped", 4},
                                                    {"proxied", 8},
                                                    {"proxied6", 24}};
    if (kind.empty()) {
      ++result.unknown_count;
    } else if (data.size() < needed.at(kind)) {
      if (!result.error) {
        result.error = {control_error_reason::payload_too_short, at};
      }
    } else {
      if (kind == "pktinfo" && !windows && !result.values.local_address) {
        result.values.local_address = address(data, 4, false);
      }
      std::string name = kind;
      for (const char* const family : {"pktinfo", "stamp", "proxied"}) {
        name = name.starts_with(family) ? family : name;
      }
      result.duplicate_count += seen.contains(name) ? 1u : 0u;
      seen.try_emplace(name, data);
      kinds.try_emplace(name, kind);
    }
    at += static_cast<std::size_t>((length + word - 1) / word * word);
  }

  metadata& values = result.values;
  if (values.local_address && values.local_address->is_unspecified()) {
    values.local_address.reset();
  }
  if (const auto found = seen.find("pktinfo"); found != seen.end()) {
    const bool v6 = kinds.at("pktinfo") == "pktinfo6";
    values.destination = address(found->second, v6 || windows ? 0 : 8, v6);
    values.interface_index = static_cast<std::uint32_t>(number(found->second,
                                                               v6        ? 16
                                                               : windows ? 4
                                                                         : 0,
                                                               4));
    if (!windows) {
      values.receive_interface = values.interface_index;
    }
  }
  const auto u32 = [&](const std::string& name) -> std::optional<std::uint32_t> {
    const auto found = seen.find(name);
    return found == seen.end()
               ? std::nullopt
               : std::optional{static_cast<std::uint32_t>(number(found->second, 0, 4))};
  };
  if (windows) {
    values.receive_interface = u32("receive");
  }
  values.original_arrival_interface = u32("original");
  values.segment_bytes = u32("segment");
  values.dropped_total = u32("dropped");
  const auto small = [&](const std::string& name) -> std::optional<std::uint8_t> {
    const auto found = seen.find(name);
    if (found == seen.end()) {
      return std::nullopt;
    }
    const std::uint64_t value = number(found->second, 0, found->second.size() < 4 ? 1 : 4);
    return value > 255 ? std::nullopt : std::optional{static_cast<std::uint8_t>(value)};
  };
  values.hop_limit = small("ttl");
  if (const auto octet = small("tos")) {
    values.traffic_class = traffic_class{*octet};
    values.ecn = static_cast<ecn_codepoint>(*octet % 4);
  }
  if (seen.contains("ecn")) {
    const auto octet = small("ecn");
    values.ecn =
        octet && *octet < 4 ? std::optional{static_cast<ecn_codepoint>(*octet)} : std::nullopt;
  }
  if (const auto found = seen.find("ticks"); found != seen.end()) {
    const auto ticks = static_cast<std::int64_t>(number(found->second, 0, 8));
    if (ticks != 0) {
      values.timestamp = timestamp{timestamp_clock::performance_counter, ticks};
    }
  }
  if (const auto found = seen.find("stamp"); found != seen.end()) {
    const std::string& kind = kinds.at("stamp");
    const bool wide = word == 8 || kind.ends_with("_wide");
    const auto ns_at = [&](std::size_t index) {
      const std::size_t half = wide ? 8 : 4;
      const auto part = [&](std::size_t offset) {
        const std::uint64_t raw = number(found->second, offset, half);
        return wide ? raw
                    : static_cast<std::uint64_t>(
                          static_cast<std::int32_t>(static_cast<std::uint32_t>(raw)));
      };
      return static_cast<std::int64_t>(part(index * 2 * half) * 1'000'000'000u +
                                       part(index * 2 * half + half));
    };
    const bool triple = kind.starts_with("stamps");
    if (triple && ns_at(2) != 0) {
      values.timestamp = timestamp{timestamp_clock::hardware, ns_at(2)};
    } else if (ns_at(0) != 0) {
      values.timestamp = timestamp{timestamp_clock::realtime, ns_at(0)};
    }
  }
  if (const auto found = seen.find("proxied"); found != seen.end()) {
    const bool v6 = kinds.at("proxied") == "proxied6";
    values.original_destination =
        socket_address{address(found->second, v6 ? 8 : 4, v6),
                       static_cast<std::uint16_t>(found->second.at(2) << 8 | found->second.at(3))};
  }
  const auto opaque = [&](const std::string& name) -> std::optional<opaque_bytes> {
    const auto found = seen.find(name);
    return found == seen.end()
               ? std::nullopt
               : std::optional<opaque_bytes>{std::as_bytes(std::span{found->second})};
  };
  values.redirect_records = opaque("records");
  values.redirect_context = opaque("context");
  return result;
}

} // namespace ancillary_test
