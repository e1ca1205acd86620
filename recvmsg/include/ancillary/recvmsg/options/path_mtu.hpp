// Options for the MTU of the path and of the socket.
#pragma once

#include <ancillary/recvmsg/options/option_base.hpp>

#include <limits>

namespace ancillary::options {

namespace detail {

// RFC 791: every internet module must be able to forward a datagram of 68 octets.
inline constexpr std::uint32_t lowest_mtu_bytes = 68;

struct path_mtu_traits {
  using value_type = std::uint32_t;
  static constexpr option_id id = option_id::mtu;
  static constexpr bool gets = true;
  static constexpr bool sets = false;
  static constexpr std::uint32_t initial = 0;

  static std::uint32_t checked(std::uint32_t value) noexcept { return value; }
  static scalar_bytes encode(layout_id, ip_family, std::uint32_t value) noexcept {
    return encode_number(value);
  }
  static std::optional<std::uint32_t> decode(layout_id, ip_family,
                                             std::span<const std::byte> bytes) noexcept {
    return decode_number(bytes);
  }
};

struct path_mtu_discovery_traits {
  using value_type = path_mtu_state;
  static constexpr option_id id = option_id::mtu_discover;
  static constexpr bool gets = true;
  static constexpr bool sets = true;
  static constexpr path_mtu_state initial = path_mtu_state::not_set;

  static path_mtu_state checked(path_mtu_state value) {
    require_range(id, static_cast<int>(value), static_cast<int>(path_mtu_state::not_set),
                  static_cast<int>(path_mtu_state::omit));
    return value;
  }
  static scalar_bytes encode(layout_id system, ip_family, path_mtu_state value) noexcept {
    return encode_path_mtu_state(system, value);
  }
  static std::optional<path_mtu_state> decode(layout_id system, ip_family,
                                              std::span<const std::byte> bytes) noexcept {
    return decode_path_mtu_state(system, bytes);
  }
};

struct user_mtu_traits {
  using value_type = std::optional<std::uint32_t>;
  static constexpr option_id id = option_id::user_mtu;
  static constexpr bool gets = true;
  static constexpr bool sets = true;
  static constexpr std::nullopt_t initial = std::nullopt;

  static value_type checked(value_type value) {
    if (value) {
      require_range(id, *value, lowest_mtu_bytes, std::numeric_limits<std::uint32_t>::max() - 1);
    }
    return value;
  }
  static scalar_bytes encode(layout_id system, ip_family, value_type value) noexcept {
    return encode_user_mtu(system, value);
  }
  static std::optional<value_type> decode(layout_id system, ip_family,
                                          std::span<const std::byte> bytes) noexcept {
    return decode_user_mtu(system, bytes);
  }
};

} // namespace detail

// IP_MTU, IPV6_MTU: the system's estimate of the path's MTU in bytes, including the IP header.
// Read-only. Requires a connected socket, else not_connected.
using path_mtu = detail::scalar_option<detail::path_mtu_traits>;

// IP_MTU_DISCOVER, IPV6_MTU_DISCOVER: see path_mtu_state.
// On a dual-stack socket, socket.set_option sets it for IPv6 peers only, set_option() for all.
using path_mtu_discovery = detail::scalar_option<detail::path_mtu_discovery_traits>;

// IP_USER_MTU, IPV6_USER_MTU: an upper bound on the MTU for this socket, in bytes, at least 68.
// std::nullopt, the default, means "unspecified": no bound. On Linux it exists only for IPv6, must
// be at least 1,280, and cannot be read back.
// On a dual-stack socket, socket.set_option sets it for IPv6 peers only, set_option() for all.
using user_mtu = detail::scalar_option<detail::user_mtu_traits>;

} // namespace ancillary::options
