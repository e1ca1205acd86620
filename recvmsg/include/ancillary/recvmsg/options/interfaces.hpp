// Options that choose the interface of outgoing datagrams. They do not affect receiving.
#pragma once

#include <ancillary/recvmsg/options/flag_option.hpp>
#include <ancillary/recvmsg/options/number_option.hpp>

namespace ancillary::options {

namespace detail {

template <option_id Id>
struct interface_traits {
  using value_type = interface_selector;
  static constexpr option_id id = Id;
  static constexpr bool gets = true;
  static constexpr bool sets = true;
  static constexpr interface_selector initial{};

  static interface_selector checked(interface_selector value) noexcept { return value; }
  static scalar_bytes encode(layout_id system, ip_family family,
                             interface_selector value) noexcept {
    return encode_interface(system, id, family, value);
  }
  static std::optional<interface_selector> decode(layout_id system, ip_family family,
                                                  std::span<const std::byte> bytes) noexcept {
    return decode_interface(system, id, family, bytes);
  }
};

} // namespace detail

// IP_MULTICAST_IF, IPV6_MULTICAST_IF: the interface of outgoing multicast datagrams, given by index
// (in host byte order), by name or, on IPv4, by one of its addresses. get_option returns an index,
// or on Linux the IPv4 address if one was set; on Linux an IPv4 index reads back as unspecified,
// because the kernel returns only addresses. Setting it throws no_such_device for an unknown name,
// and std::out_of_range for an IPv4 index above 24 bits on Windows or an IPv4 address on an IPv6
// socket.
// On a dual-stack socket, socket.set_option sets it for IPv6 peers only, set_option() for all.
using multicast_interface =
    detail::scalar_option<detail::interface_traits<option_id::multicast_if>>;

// IP_UNICAST_IF, IPV6_UNICAST_IF: the interface of outgoing unicast datagrams, given by index (in
// host byte order) or name. Throws like multicast_interface; an IPv4 address is std::out_of_range.
// On a dual-stack socket, socket.set_option sets it for IPv6 peers only, set_option() for all.
using unicast_interface = detail::scalar_option<detail::interface_traits<option_id::unicast_if>>;

// IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS: 0 to 255. The default of 1 keeps multicast datagrams on
// the local network. 0 keeps them on this host; on Linux they then reach only groups that this host
// has joined.
// On a dual-stack socket, socket.set_option sets it for IPv6 peers only, set_option() for all.
using multicast_hops = detail::number_option<option_id::multicast_ttl, 0, 255, 1>;

// IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP: whether multicast datagrams are delivered on the sending
// host. On by default. Windows uses the value of the receiving socket, Linux that of the sending
// socket: set it on both to be portable.
// On a dual-stack socket, socket.set_option sets it for IPv6 peers only, set_option() for all.
using multicast_loop = detail::flag_option<option_id::multicast_loop>;

} // namespace ancillary::options
