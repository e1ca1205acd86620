#include "options/option_numbers.hpp"
#include <ancillary/decoders/detail/bytes.hpp>
#include <ancillary/recvmsg/options/encoding.hpp>

#include <algorithm>

namespace ancillary::options {
namespace {

// Both systems are little-endian; exceptions in network byte order are marked.
constexpr std::size_t number_bytes = 4; // DWORD, int

// linux/in.h, linux/in6.h
constexpr std::uint32_t linux_pmtudisc_dont = 0;
constexpr std::uint32_t linux_pmtudisc_want = 1;
constexpr std::uint32_t linux_pmtudisc_do = 2;
constexpr std::uint32_t linux_pmtudisc_probe = 3;
constexpr std::uint32_t linux_pmtudisc_interface = 4;
constexpr std::uint32_t linux_pmtudisc_omit = 5;

// ws2ipdef.h, PMTUD_STATE
constexpr std::uint32_t windows_pmtudisc_not_set = 0;
constexpr std::uint32_t windows_pmtudisc_do = 1;
constexpr std::uint32_t windows_pmtudisc_dont = 2;
constexpr std::uint32_t windows_pmtudisc_probe = 3;

// IP_UNSPECIFIED_USER_MTU, MAXULONG in ws2ipdef.h; on Linux, 0 means no limit.
constexpr std::uint32_t windows_user_mtu_unspecified = 0xffffffff;
constexpr std::uint32_t linux_user_mtu_unspecified = 0;

bool is_path_mtu_flag(layout_id system, option_id option, ip_family family) noexcept {
  return option == option_id::dontfragment && family == ip_family::v4 && !is_windows(system);
}

} // namespace

std::string_view to_string(encode_refusal refusal) noexcept {
  switch (refusal) {
  case encode_refusal::none:
    return "none";
  case encode_refusal::no_such_interface:
    return "no such interface";
  case encode_refusal::index_above_24_bits:
    return "an IPv4 interface index has at most 24 bits on Windows";
  case encode_refusal::index_needed:
    return "requires an interface index, not an IPv4 address";
  case encode_refusal::no_such_value:
    return "this value is not supported by this system";
  }
  return "unknown";
}

scalar_bytes encode_number(std::uint32_t value) noexcept {
  scalar_bytes bytes;
  bytes.size = number_bytes;
  ancillary::detail::store_little(bytes.storage.data(), value);
  return bytes;
}

scalar_bytes encode_flag(layout_id system, option_id option, ip_family family,
                         bool value) noexcept {
  if (is_path_mtu_flag(system, option, family)) {
    return encode_number(value ? linux_pmtudisc_do : linux_pmtudisc_dont);
  }
  return encode_number(value ? 1 : 0);
}

scalar_bytes encode_path_mtu_state(layout_id system, path_mtu_state value) noexcept {
  const bool windows = is_windows(system);
  switch (value) {
  case path_mtu_state::always:
    return encode_number(windows ? windows_pmtudisc_do : linux_pmtudisc_do);
  case path_mtu_state::never:
    return encode_number(windows ? windows_pmtudisc_dont : linux_pmtudisc_dont);
  case path_mtu_state::probe:
    return encode_number(windows ? windows_pmtudisc_probe : linux_pmtudisc_probe);
  case path_mtu_state::interface_mtu:
  case path_mtu_state::omit:
    if (windows) {
      return scalar_bytes::refused(encode_refusal::no_such_value);
    }
    return encode_number(value == path_mtu_state::omit ? linux_pmtudisc_omit
                                                       : linux_pmtudisc_interface);
  case path_mtu_state::not_set:
    break;
  }
  return encode_number(windows ? windows_pmtudisc_not_set : linux_pmtudisc_want);
}

scalar_bytes encode_user_mtu(layout_id system, std::optional<std::uint32_t> value) noexcept {
  return encode_number(value.value_or(is_windows(system) ? windows_user_mtu_unspecified
                                                         : linux_user_mtu_unspecified));
}

std::optional<std::uint32_t> decode_number(std::span<const std::byte> bytes) noexcept {
  if (bytes.size() == 1) {
    return std::to_integer<std::uint32_t>(bytes[0]);
  }
  if (bytes.size() == number_bytes) {
    return ancillary::detail::load_little<std::uint32_t>(bytes.data());
  }
  return std::nullopt;
}

std::optional<std::optional<std::uint32_t>>
decode_user_mtu(layout_id system, std::span<const std::byte> bytes) noexcept {
  const auto number = decode_number(bytes);
  if (!number) {
    return std::nullopt;
  }
  const auto unspecified =
      is_windows(system) ? windows_user_mtu_unspecified : linux_user_mtu_unspecified;
  using bound = std::optional<std::uint32_t>;
  return *number == unspecified ? bound() : bound(*number);
}

std::optional<bool> decode_flag(layout_id system, option_id option, ip_family family,
                                std::span<const std::byte> bytes) noexcept {
  const auto number = decode_number(bytes);
  if (!number) {
    return std::nullopt;
  }
  if (is_path_mtu_flag(system, option, family)) {
    return *number == linux_pmtudisc_do || *number == linux_pmtudisc_probe;
  }
  return *number != 0;
}

std::optional<path_mtu_state> decode_path_mtu_state(layout_id system,
                                                    std::span<const std::byte> bytes) noexcept {
  const auto number = decode_number(bytes);
  if (!number) {
    return std::nullopt;
  }
  if (is_windows(system)) {
    switch (*number) {
    case windows_pmtudisc_do:
      return path_mtu_state::always;
    case windows_pmtudisc_dont:
      return path_mtu_state::never;
    case windows_pmtudisc_probe:
      return path_mtu_state::probe;
    default:
      return path_mtu_state::not_set;
    }
  }
  switch (*number) {
  case linux_pmtudisc_want:
    return path_mtu_state::not_set;
  case linux_pmtudisc_do:
    return path_mtu_state::always;
  case linux_pmtudisc_probe:
    return path_mtu_state::probe;
  case linux_pmtudisc_interface:
    return path_mtu_state::interface_mtu;
  case linux_pmtudisc_omit:
    return path_mtu_state::omit;
  default:
    return path_mtu_state::never;
  }
}

} // namespace ancillary::options
