// Reads capture files and packets, written from the draft and the RFCs without the library: the
// tests compare with it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ancillary_test::reference_pcapng {

inline std::uint64_t little(std::span<const std::byte> bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i-- != 0;) {
    value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
  }
  return value;
}

inline std::uint32_t big(std::span<const std::byte> bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i != count; ++i) {
    value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  }
  return value;
}

struct block {
  std::uint32_t type = 0;
  std::vector<std::byte> fixed;                            // without the frame and the options
  std::multimap<unsigned, std::vector<std::byte>> options; // by code
  // Of enhanced packets.
  std::uint32_t interface_id = 0;
  std::uint64_t time_ns = 0;
  std::uint32_t original = 0;
  std::vector<std::byte> data;

  [[nodiscard]] std::optional<std::string> text(unsigned code) const {
    const auto found = options.find(code);
    if (found == options.end()) {
      return std::nullopt;
    }
    return std::string(reinterpret_cast<const char*>(found->second.data()), found->second.size());
  }
  [[nodiscard]] std::optional<std::uint64_t> number(unsigned code) const {
    const auto found = options.find(code);
    return found == options.end() ? std::nullopt
                                  : std::optional(little(found->second, 0, found->second.size()));
  }
  [[nodiscard]] std::string comment() const { return text(1).value_or(std::string()); }
};

// nullopt if the bytes are not exactly whole blocks of a valid form.
inline std::optional<std::vector<block>> read(std::span<const std::byte> bytes) {
  std::vector<block> blocks;
  while (!bytes.empty()) {
    if (bytes.size() < 12) {
      return std::nullopt;
    }
    block each;
    each.type = static_cast<std::uint32_t>(little(bytes, 0, 4));
    const std::size_t length = little(bytes, 4, 4);
    if (length % 4 != 0 || length < 12 || length > bytes.size() ||
        little(bytes, length - 4, 4) != length) {
      return std::nullopt;
    }
    const auto body = bytes.subspan(8, length - 12);
    const std::map<std::uint32_t, std::size_t> fixed_bytes{
        {0x0a0d0d0a, 16}, {1, 8}, {5, 12}, {6, 20}};
    const auto known = fixed_bytes.find(each.type);
    if (known == fixed_bytes.end() || body.size() < known->second) {
      return std::nullopt;
    }
    each.fixed.assign(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(known->second));
    std::size_t at = known->second;
    if (each.type == 6) {
      each.interface_id = static_cast<std::uint32_t>(little(body, 0, 4));
      each.time_ns = little(body, 4, 4) << 32 | little(body, 8, 4);
      const std::size_t captured = little(body, 12, 4);
      each.original = static_cast<std::uint32_t>(little(body, 16, 4));
      const std::size_t padded = (captured + 3) / 4 * 4;
      if (captured > each.original || body.size() - at < padded) {
        return std::nullopt;
      }
      const auto data = body.subspan(at, captured);
      each.data.assign(data.begin(), data.end());
      at += padded;
    }
    while (true) { // options, which the library always ends
      if (body.size() - at < 4) {
        return std::nullopt;
      }
      const auto code = static_cast<unsigned>(little(body, at, 2));
      const std::size_t size = little(body, at + 2, 2);
      at += 4;
      if (code == 0) {
        break;
      }
      const std::size_t padded = (size + 3) / 4 * 4;
      if (body.size() - at < padded) {
        return std::nullopt;
      }
      const auto value = body.subspan(at, size);
      each.options.emplace(code, std::vector<std::byte>(value.begin(), value.end()));
      at += padded;
    }
    if (at != body.size()) {
      return std::nullopt;
    }
    blocks.push_back(std::move(each));
    bytes = bytes.subspan(length);
  }
  return blocks;
}

// The one's complement sum of 16-bit words in network byte order (RFC 1071); 0xffff if it verifies.
inline std::uint32_t sum_of(std::span<const std::byte> bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    sum += big(bytes, i, 1) << 8 | (i + 1 < bytes.size() ? big(bytes, i + 1, 1) : 0);
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return sum;
}

struct udp_packet {
  bool v4 = false;
  std::uint32_t traffic_class = 0, hop_limit = 0, source_port = 0, destination_port = 0;
  std::uint32_t udp_length = 0, checksum = 0;
  std::vector<std::byte> source, destination, payload;
  bool checksum_valid = false; // of a packet that is complete
};

// nullopt if it is no IP packet with UDP, or its length fields or IPv4's checksum are wrong.
inline std::optional<udp_packet> read_packet(std::span<const std::byte> data) {
  udp_packet made;
  made.v4 = data.size() >= 28 && big(data, 0, 1) == 0x45;
  if (!made.v4 && (data.size() < 48 || big(data, 0, 1) >> 4 != 6)) {
    return std::nullopt;
  }
  const std::size_t header = made.v4 ? 20 : 40;
  const std::size_t address = made.v4 ? 4 : 16;
  const auto ip = data.first(header);
  const auto udp = data.subspan(header);
  made.traffic_class = made.v4 ? big(ip, 1, 1) : big(ip, 0, 2) >> 4 & 0xff;
  made.hop_limit = big(ip, made.v4 ? 8 : 7, 1);
  made.source.assign(ip.end() - static_cast<std::ptrdiff_t>(2 * address),
                     ip.end() - static_cast<std::ptrdiff_t>(address));
  made.destination.assign(ip.end() - static_cast<std::ptrdiff_t>(address), ip.end());
  made.source_port = big(udp, 0, 2);
  made.destination_port = big(udp, 2, 2);
  made.udp_length = big(udp, 4, 2);
  made.checksum = big(udp, 6, 2);
  const bool lengths_agree =
      made.v4 ? big(ip, 2, 2) == made.udp_length + header : big(ip, 4, 2) == made.udp_length;
  const bool is_udp = big(ip, made.v4 ? 9 : 6, 1) == 17;
  if (!lengths_agree || !is_udp || (made.v4 && sum_of(ip) != 0xffff)) {
    return std::nullopt;
  }
  const auto payload = udp.subspan(8);
  made.payload.assign(payload.begin(), payload.end());
  if (udp.size() == made.udp_length) {
    const std::uint32_t pseudo = sum_of(ip.last(2 * address), 17 + made.udp_length);
    made.checksum_valid = sum_of(udp, (pseudo & 0xffff) + (pseudo >> 16)) == 0xffff;
  }
  return made;
}

} // namespace ancillary_test::reference_pcapng
