#pragma once

#include "ancillary/decoders/control_cursor.hpp"
#include "ancillary/decoders/detail/bytes.hpp"
#include "ancillary/decoders/message_types.hpp"
#include "ancillary/decoders/transport_error.hpp"

namespace ancillary {

constexpr std::optional<std::uint32_t> transport_error::mtu() const noexcept {
  constexpr std::int32_t message_size = 90; // EMSGSIZE
  const bool too_long = (origin == error_origin::icmp && type == 3 && code == 4) ||
                        (origin == error_origin::icmpv6 && type == 2) ||
                        (origin == error_origin::local && system_code == message_size);
  return too_long && info != 0 ? std::optional(info) : std::nullopt;
}

namespace detail {

//      sock_extended_err (linux/errqueue.h)   0 errno, 4 origin, 5 type, 6 code, 8 info, 12 data
//      sockaddr_in, of the offender           16 family, 18 port, 20 address
//      sockaddr_in6, of the offender          16 family, 18 port, 20 flow, 24 address
constexpr std::optional<transport_error>
load_extended_error(std::span<const std::byte> data) noexcept {
  constexpr std::size_t offender = 16;
  constexpr std::uint16_t inet = 2;
  constexpr std::uint16_t inet6 = 10;
  if (data.size() < offender) {
    return std::nullopt;
  }
  const auto octet = [&](std::size_t at) { return std::to_integer<std::uint8_t>(data[at]); };
  transport_error error;
  error.system_code = static_cast<std::int32_t>(load_little<std::uint32_t>(data.data()));
  error.info = load_little<std::uint32_t>(data.data() + 8);
  switch (octet(4)) { // SO_EE_ORIGIN_
  case 1:
    error.origin = error_origin::local;
    break;
  case 2:
    error.origin = error_origin::icmp;
    break;
  case 3:
    error.origin = error_origin::icmpv6;
    break;
  default:
    break;
  }
  if (error.origin == error_origin::icmp || error.origin == error_origin::icmpv6) {
    error.type = octet(5);
    error.code = octet(6);
  }
  if (data.size() < offender + 8) {
    return error;
  }
  const auto family = load_little<std::uint16_t>(data.data() + offender);
  if (family == inet) {
    error.offender = ip_address::v4(load_octets<4>(data.data() + offender + 4));
  } else if (family == inet6 && data.size() >= offender + 24) {
    error.offender = ip_address::v6(load_octets<16>(data.data() + offender + 8)).unmapped();
  }
  return error;
}

//      IN_RECVERR (ws2ipdef.h)   0 protocol, 4 info, 8 type, 9 code
constexpr std::optional<transport_error> load_in_recverr(std::span<const std::byte> data) noexcept {
  constexpr std::uint32_t icmp = 1;
  constexpr std::uint32_t icmpv6 = 58;
  if (data.size() < 10) {
    return std::nullopt;
  }
  const auto protocol = load_little<std::uint32_t>(data.data());
  transport_error error;
  error.origin = protocol == icmp     ? error_origin::icmp
                 : protocol == icmpv6 ? error_origin::icmpv6
                                      : error_origin::other;
  error.info = load_little<std::uint32_t>(data.data() + 4);
  if (error.origin != error_origin::other) {
    error.type = std::to_integer<std::uint8_t>(data[8]);
    error.code = std::to_integer<std::uint8_t>(data[9]);
  }
  return error;
}

} // namespace detail

template <control_layout Layout>
constexpr std::optional<transport_error>
decode_transport_error(Layout, std::span<const std::byte> control) noexcept {
  using is = typename Layout::messages;
  control_cursor<Layout> cursor(control);
  while (const auto message = cursor.next()) {
    const message_type type{message->level, message->type};
    if (type != is::error_v4 && type != is::error_v6) {
      continue;
    }
    const auto error = [&] {
      if constexpr (is_windows_layout<Layout>) {
        return detail::load_in_recverr(message->data);
      } else {
        return detail::load_extended_error(message->data);
      }
    }();
    if (error) {
      return error;
    }
  }
  return std::nullopt;
}

constexpr std::optional<transport_error>
decode_transport_error(layout_id layout, std::span<const std::byte> control) noexcept {
  return with_layout(layout, [&](auto known) { return decode_transport_error(known, control); });
}

} // namespace ancillary
