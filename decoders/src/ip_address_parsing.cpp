// Parsing, sockaddr conversion and hashing of addresses.

#include "ancillary/decoders/detail/bytes.hpp"
#include "ancillary/decoders/ip_address.hpp"
#include "ancillary/decoders/layout.hpp"

#include <algorithm>
#include <charconv>

namespace ancillary {

namespace {

// Parses and removes the decimal number, without leading zeros, at the start of `text`.
std::optional<std::uint8_t> take_octet(std::string_view& text) noexcept {
  unsigned value = 0;
  const char* const end = text.data() + std::min<std::size_t>(text.size(), 3);
  const auto [after, error] = std::from_chars(text.data(), end, value);
  const auto length = static_cast<std::size_t>(after - text.data());
  if (error != std::errc{} || value > 255 || (length > 1 && text.front() == '0')) {
    return std::nullopt;
  }
  text.remove_prefix(length);
  return static_cast<std::uint8_t>(value);
}

std::optional<ip_address::v4_octets> parse_v4(std::string_view text) noexcept {
  ip_address::v4_octets octets{};
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i != 0) {
      if (text.empty() || text.front() != '.') {
        return std::nullopt;
      }
      text.remove_prefix(1);
    }
    const auto octet = take_octet(text);
    if (!octet) {
      return std::nullopt;
    }
    octets[i] = *octet;
  }
  return text.empty() ? std::optional(octets) : std::nullopt;
}

// The octets of groups separated by single colons; the last group may be a dotted IPv4 address.
struct group_list {
  std::array<std::uint8_t, 16> octets{};
  std::size_t size = 0;
};

std::optional<group_list> parse_groups(std::string_view text) noexcept {
  group_list list;
  while (!text.empty()) {
    const std::string_view group = text.substr(0, text.find(':'));
    if (group.find('.') != std::string_view::npos) {
      const auto v4 = parse_v4(text);
      if (!v4 || list.size + 4 > list.octets.size()) {
        return std::nullopt;
      }
      std::copy(v4->begin(), v4->end(),
                list.octets.begin() + static_cast<std::ptrdiff_t>(list.size));
      list.size += 4;
      return list;
    }
    unsigned value = 0;
    const char* const end = group.data() + group.size();
    const auto [after, error] = std::from_chars(group.data(), end, value, 16);
    if (error != std::errc{} || after != end || group.size() > 4 ||
        list.size + 2 > list.octets.size()) {
      return std::nullopt;
    }
    list.octets[list.size++] = static_cast<std::uint8_t>(value >> 8);
    list.octets[list.size++] = static_cast<std::uint8_t>(value);
    text.remove_prefix(group.size());
    if (!text.empty()) {
      text.remove_prefix(1);
      if (text.empty()) {
        return std::nullopt; // a colon at the end
      }
    }
  }
  return list;
}

std::optional<ip_address::v6_octets> parse_v6(std::string_view text) noexcept {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    const auto all = parse_groups(text);
    return all && all->size == 16 ? std::optional(all->octets) : std::nullopt;
  }
  const auto before = parse_groups(text.substr(0, gap));
  const auto after = parse_groups(text.substr(gap + 2));
  // "::" stands for at least one group of zeros.
  if (!before || !after || before->size + after->size > 14 ||
      text.substr(0, gap).find('.') != std::string_view::npos) {
    return std::nullopt;
  }
  ip_address::v6_octets octets = before->octets;
  std::copy_n(after->octets.begin(), after->size,
              octets.end() - static_cast<std::ptrdiff_t>(after->size));
  return octets;
}

// sys/socket.h of Linux, ws2def.h: the first two bytes of a sockaddr, in host byte order.
constexpr std::uint16_t family_v4 = 2;
constexpr std::uint16_t family_v6 = is_windows(layouts::native::id) ? 23 : 10;
constexpr std::size_t sockaddr_in_bytes = 16;
constexpr std::size_t sockaddr_in6_bytes = 28;

std::size_t combined(std::size_t seed, std::uint64_t value) noexcept {
  // The finalizer of splitmix64: every bit of the value affects every bit of the hash.
  value += 0x9e3779b97f4a7c15 + seed;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return static_cast<std::size_t>(value ^ (value >> 31));
}

} // namespace

std::optional<ip_address> ip_address::from_string(std::string_view text) noexcept {
  if (text.find(':') == std::string_view::npos) {
    const auto octets = parse_v4(text);
    return octets ? std::optional(v4(*octets)) : std::nullopt;
  }
  const auto octets = parse_v6(text);
  return octets ? std::optional(v6(*octets)) : std::nullopt;
}

std::optional<socket_address>
socket_address::from_sockaddr(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() < sockaddr_in_bytes) {
    return std::nullopt;
  }
  const auto family = detail::load_little<std::uint16_t>(bytes.data());
  const std::uint16_t port = detail::load_network_16(bytes.data() + 2);
  if (family == family_v4) {
    return socket_address{ip_address::v4(detail::load_octets<4>(bytes.data() + 4)), port};
  }
  if (family == family_v6 && bytes.size() >= sockaddr_in6_bytes) {
    return socket_address{ip_address::v6(detail::load_octets<16>(bytes.data() + 8)), port};
  }
  return std::nullopt;
}

std::size_t socket_address::to_sockaddr(std::span<std::byte> bytes) const noexcept {
  const std::size_t size = address.is_v4() ? sockaddr_in_bytes : sockaddr_in6_bytes;
  if (bytes.size() < size) {
    return 0;
  }
  std::fill_n(bytes.begin(), size, std::byte{0});
  detail::store_little(bytes.data(), address.is_v4() ? family_v4 : family_v6);
  detail::store_network_16(bytes.data() + 2, port);
  detail::store_octets(bytes.data() + (address.is_v4() ? 4 : 8), address.bytes());
  return size;
}

} // namespace ancillary

std::size_t
std::hash<ancillary::ip_address>::operator()(const ancillary::ip_address& address) const noexcept {
  const auto octets = address.is_v4() ? address.mapped().to_v6_bytes() : address.to_v6_bytes();
  const auto halves = std::bit_cast<std::array<std::uint64_t, 2>>(octets);
  // An IPv4 address and its mapped form are different addresses.
  return ancillary::combined(ancillary::combined(address.is_v4() ? 1 : 0, halves[0]), halves[1]);
}

std::size_t std::hash<ancillary::socket_address>::operator()(
    const ancillary::socket_address& endpoint) const noexcept {
  return ancillary::combined(std::hash<ancillary::ip_address>{}(endpoint.address), endpoint.port);
}
