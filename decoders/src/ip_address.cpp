#include "ancillary/decoders/ip_address.hpp"

#include <algorithm>
#include <charconv>
#include <ostream>

namespace ancillary {
namespace {

// There is always room, which GCC cannot prove (-Wstringop-overflow).
char* put(char* at, const char* last, char character) noexcept {
  if (at != last) {
    *at++ = character;
  }
  return at;
}

char* write_v4(char* at, char* last, std::span<const std::uint8_t> octets) noexcept {
  for (std::size_t i = 0; i < 4; ++i) {
    if (i != 0) {
      at = put(at, last, '.');
    }
    at = std::to_chars(at, last, octets[i]).ptr;
  }
  return at;
}

struct zero_run {
  std::size_t begin = 8;
  std::size_t length = 0;
};

// The longest run of zero groups, the first of equal runs; a single group is not a run (RFC 5952,
// 4.2).
zero_run longest_zero_run(const std::array<unsigned, 8>& groups, std::size_t count) noexcept {
  zero_run best;
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t end = i;
    while (end < count && groups[end] == 0) {
      ++end;
    }
    if (end - i >= 2 && end - i > best.length) {
      best = {i, end - i};
    }
    i = end > i ? end - 1 : i;
  }
  return best;
}

char* write_v6(char* at, char* last, const ip_address& address) noexcept {
  const auto octets = address.bytes();
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i] = static_cast<unsigned>(octets[2 * i] << 8 | octets[2 * i + 1]);
  }
  // Mixed notation for the one well-known prefix of embedded IPv4 addresses (RFC 5952, 5).
  const std::size_t count = address.is_v4_mapped() ? 6 : 8;
  const zero_run run = longest_zero_run(groups, count);
  for (std::size_t i = 0; i < count; ++i) {
    if (i == run.begin) {
      at = put(at, last, ':');
      at = put(at, last, ':');
      i += run.length - 1;
      continue;
    }
    if (i != 0 && i != run.begin + run.length) {
      at = put(at, last, ':');
    }
    at = std::to_chars(at, last, groups[i], 16).ptr;
  }
  if (count == 6) {
    at = put(at, last, ':');
    at = write_v4(at, last, octets.subspan(12));
  }
  return at;
}

} // namespace

std::to_chars_result to_chars(char* first, char* last, const ip_address& address) noexcept {
  std::array<char, ip_address_chars> text;
  char* const begin = text.data();
  char* const limit = begin + text.size();
  const char* const end =
      address.is_v4() ? write_v4(begin, limit, address.bytes()) : write_v6(begin, limit, address);
  if (last - first < end - begin) {
    return {last, std::errc::value_too_large};
  }
  return {std::copy(static_cast<const char*>(begin), end, first), std::errc{}};
}

std::string to_string(const ip_address& address) {
  std::array<char, ip_address_chars> text;
  return {text.data(), to_chars(text.data(), text.data() + text.size(), address).ptr};
}

std::string to_string(const socket_address& endpoint) {
  const std::string host = to_string(endpoint.address);
  const std::string port = std::to_string(endpoint.port);
  return endpoint.address.is_v4() ? host + ":" + port : "[" + host + "]:" + port;
}

std::ostream& operator<<(std::ostream& out, const ip_address& address) {
  return out << to_string(address);
}

std::ostream& operator<<(std::ostream& out, const socket_address& endpoint) {
  return out << to_string(endpoint);
}

} // namespace ancillary
