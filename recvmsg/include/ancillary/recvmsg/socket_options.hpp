// Every IPPROTO_IP option of Windows as a typed class for Asio's sockets, in namespace
// ancillary::options:
//
//   socket.set_option(ancillary::options::receive_hop_limit{true});
//
// sets IP_RECVTTL, its IPPROTO_IPV6 counterpart on an IPv6 socket, or the equivalent option on
// Linux. Values are in host byte order. If the system has no such option, set_option throws
// std::system_error with asio::error::operation_not_supported, without a system call. Constructing
// an option with a value out of range throws std::out_of_range.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/option_support.hpp>
#include <ancillary/recvmsg/options/byte_options.hpp>
#include <ancillary/recvmsg/options/interface_list.hpp>
#include <ancillary/recvmsg/options/interfaces.hpp>
#include <ancillary/recvmsg/options/membership.hpp>
#include <ancillary/recvmsg/options/path_mtu.hpp>
#include <ancillary/recvmsg/options/receive_flags.hpp>
#include <ancillary/recvmsg/options/sending.hpp>

#include <asio/error.hpp>
#include <asio/ip/udp.hpp>
#include <asio/ip/v6_only.hpp>
#include <concepts>
#include <cstddef>
#include <stdexcept>
#include <system_error>
#include <tuple>

namespace ancillary {

namespace options {

// All classes, in the order of option_id.
using all_options = std::tuple<
    join_group, join_source_group, block_source, dont_fragment, leave_group, leave_source_group,
    header_included, path_mtu, path_mtu_discovery, multicast_interface, multicast_loop,
    multicast_hops, ip_options, original_arrival_interface, receive_packet_info, receive_broadcast,
    receive_interface, receive_traffic_class, receive_hop_limit, type_of_service, hop_limit,
    unblock_source, unicast_interface, user_mtu, redirect_context, redirect_records, interface_list,
    interface_list_add, interface_list_remove, interface_list_entries, receive_ecn>;

} // namespace options

// Asio's SettableSocketOption requirements.
template <class Option, class Protocol>
concept settable_option = requires(const Option& option, const Protocol& protocol) {
  { option.level(protocol) } -> std::convertible_to<int>;
  { option.name(protocol) } -> std::convertible_to<int>;
  { option.data(protocol) } -> std::convertible_to<const void*>;
  { option.size(protocol) } -> std::convertible_to<std::size_t>;
};

// Asio's GettableSocketOption requirements.
template <class Option, class Protocol>
concept gettable_option = requires(Option& option, const Protocol& protocol, std::size_t size) {
  { option.level(protocol) } -> std::convertible_to<int>;
  { option.name(protocol) } -> std::convertible_to<int>;
  { option.data(protocol) } -> std::convertible_to<void*>;
  { option.size(protocol) } -> std::convertible_to<std::size_t>;
  option.resize(protocol, size);
};

namespace detail {

template <class Action>
void report_refusal(Action&& action, std::error_code& ec) {
  try {
    action();
  } catch (const std::system_error& error) {
    ec = error.code();
  } catch (const std::logic_error&) { // out_of_range, length_error
    ec = asio::error::invalid_argument;
  }
}

// Throws described_error: the option's refusal_message, for a socket of this family.
[[noreturn]] ANCILLARY_API void throw_refused(option_id option, option_use use, ip_family family,
                                              const std::error_code& error);
// The same for an option that is none of this library's: "socket option 2 of level 1".
[[noreturn]] ANCILLARY_API void throw_refused(int level, int name, const std::error_code& error);

[[nodiscard]] ANCILLARY_API ip_family
family_of_socket(asio::ip::udp::socket::native_handle_type socket) noexcept;

template <class Socket, class Option>
concept known_option_of_ip_socket = requires(Socket& socket) {
  { Option::id } -> std::convertible_to<option_id>;
  { socket.native_handle() } -> std::convertible_to<asio::ip::udp::socket::native_handle_type>;
};

template <class Socket, class Option>
[[noreturn]] void throw_refused(const Socket& socket, Option& option, option_use use,
                                const std::error_code& error) {
  if constexpr (known_option_of_ip_socket<Socket, Option>) {
    // Asio's native_handle() changes nothing, but is not const.
    const auto handle = const_cast<Socket&>(socket).native_handle();
    throw_refused(Option::id, use, family_of_socket(handle), error);
  } else {
    // Asio's own options have the same number for every protocol.
    const auto protocol = [] {
      using protocol_type = typename Socket::protocol_type;
      if constexpr (requires { protocol_type::v4(); }) {
        return protocol_type::v4();
      } else {
        return protocol_type();
      }
    }();
    throw_refused(option.level(protocol), option.name(protocol), error);
  }
}

// The options of what a socket sends. Those of IPv6 do not apply to the IPv4 peers of a dual-stack
// socket, which has a second set of them.
constexpr bool applies_to_one_family(option_id id) noexcept {
  switch (id) {
  case option_id::ttl:
  case option_id::tos:
  case option_id::dontfragment:
  case option_id::mtu_discover:
  case option_id::user_mtu:
  case option_id::multicast_if:
  case option_id::multicast_loop:
  case option_id::multicast_ttl:
  case option_id::unicast_if:
    return true;
  default:
    return false;
  }
}

// An option as it is for IPv4, whatever the socket's family.
template <class Option>
struct as_ipv4_option {
  const Option& option;

  int level(const auto&) const { return option.level(asio::ip::udp::v4()); }
  int name(const auto&) const { return option.name(asio::ip::udp::v4()); }
  const void* data(const auto&) const { return option.data(asio::ip::udp::v4()); }
  std::size_t size(const auto&) const { return option.size(asio::ip::udp::v4()); }
};

template <class Socket>
bool has_ipv4_peers(const Socket& socket) {
  asio::ip::v6_only only;
  std::error_code ec; // of an IPv4 socket Linux refuses the question, and Windows answers true
  socket.get_option(only, ec);
  return !ec && !only.value();
}

// Sets the option for the IPv4 peers of a dual-stack socket. Does nothing where the system has no
// such option for them.
template <class Socket, class Option>
void set_for_ipv4_peers(Socket& socket, const Option& option, std::error_code& ec) {
  if constexpr (known_option_of_ip_socket<Socket, Option>) {
    if (applies_to_one_family(Option::id) && has_ipv4_peers(socket)) {
      report_refusal([&] { socket.set_option(as_ipv4_option<Option>{option}, ec); }, ec);
      const bool is_missing = ec == asio::error::no_protocol_option ||
                              ec == asio::error::invalid_argument ||
                              ec == asio::error::operation_not_supported;
      ec = is_missing ? std::error_code{} : ec;
    }
  }
}

} // namespace detail

// Like socket.set_option(option, ec), which throws if the system has no such option: this sets `ec`
// to operation_not_supported instead, or to no_such_device, or to invalid_argument for a value that
// the system cannot express. `Socket` is any Asio socket.
//
// On a dual-stack socket, the options for sending (hop_limit, type_of_service, dont_fragment,
// path_mtu_discovery, user_mtu, multicast_* and unicast_interface) are also set for IPv4 peers
// where the system has them; socket.set_option sets them for IPv6 peers only.
template <class Socket, class Option>
requires settable_option<Option, typename Socket::protocol_type>
void set_option(Socket& socket, const Option& option, std::error_code& ec) {
  detail::report_refusal([&] { socket.set_option(option, ec); }, ec);
  if (!ec) {
    detail::set_for_ipv4_peers(socket, option, ec);
  }
}

// Like socket.get_option(option, ec), in the same way.
template <class Socket, class Option>
requires gettable_option<Option, typename Socket::protocol_type>
void get_option(const Socket& socket, Option& option, std::error_code& ec) {
  detail::report_refusal([&] { socket.get_option(option, ec); }, ec);
}

// Like socket.set_option(option), but also turns a refusal by the system into a described_error
// that names the option and the remedy: "IP_RECVIF: not supported here; requires Windows 10 version
// 1703 or later: WSAENOPROTOOPT 10042". Also accepts Asio's own options, which it names by their
// numbers: "socket option 15 of level 1: Permission denied (EACCES 13)".
template <class Socket, class Option>
requires settable_option<Option, typename Socket::protocol_type>
void set_option(Socket& socket, const Option& option) {
  std::error_code ec;
  socket.set_option(option, ec);
  if (!ec) {
    detail::set_for_ipv4_peers(socket, option, ec);
  }
  if (ec) {
    detail::throw_refused(socket, option, option_use::set, ec);
  }
}

// Like socket.get_option(option), in the same way.
template <class Socket, class Option>
requires gettable_option<Option, typename Socket::protocol_type>
void get_option(const Socket& socket, Option& option) {
  std::error_code ec;
  socket.get_option(option, ec);
  if (ec) {
    detail::throw_refused(socket, option, option_use::get, ec);
  }
}

} // namespace ancillary
