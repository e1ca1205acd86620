// Every IPPROTO_IP option of Windows as a typed class for Asio's sockets, in namespace
// ancillary::options:
//
//   socket.set_option(ancillary::options::receive_hop_limit{true});
//
// sets IP_RECVTTL, or its IPPROTO_IPV6 counterpart on an IPv6 socket, or Linux's option of the same
// meaning. Where there is none, std::system_error with asio::error::operation_not_supported is
// thrown and the system is not called. A value outside its range throws std::out_of_range when it
// is made.
#pragma once

#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/option_support.hpp>
#include <ancillary/recvmsg/options/byte_options.hpp>
#include <ancillary/recvmsg/options/interfaces.hpp>
#include <ancillary/recvmsg/options/membership.hpp>
#include <ancillary/recvmsg/options/path_mtu.hpp>
#include <ancillary/recvmsg/options/receive_flags.hpp>
#include <ancillary/recvmsg/options/sending.hpp>

#include <asio/error.hpp>
#include <concepts>
#include <cstddef>
#include <stdexcept>
#include <system_error>
#include <tuple>

namespace ancillary {

namespace options {

// All classes, in the order of the list and of option_id.
using all_options = std::tuple<
    join_group, join_source_group, block_source, dont_fragment, leave_group, leave_source_group,
    header_included, path_mtu, path_mtu_discovery, multicast_interface, multicast_loop,
    multicast_hops, ip_options, original_arrival_interface, receive_packet_info, receive_broadcast,
    receive_interface, receive_traffic_class, receive_hop_limit, type_of_service, hop_limit,
    unblock_source, unicast_interface, user_mtu, redirect_context, redirect_records>;

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

} // namespace detail

// Like socket.set_option(option, ec), which throws where this system has no such option: here `ec`
// is operation_not_supported then, or no_such_device, or invalid_argument for a value that has no
// form on this system. `Socket` is any socket of Asio.
template <class Socket, class Option>
requires settable_option<Option, typename Socket::protocol_type>
void set_option(Socket& socket, const Option& option, std::error_code& ec) {
  detail::report_refusal([&] { socket.set_option(option, ec); }, ec);
}

// Like socket.get_option(option, ec), likewise.
template <class Socket, class Option>
requires gettable_option<Option, typename Socket::protocol_type>
void get_option(const Socket& socket, Option& option, std::error_code& ec) {
  detail::report_refusal([&] { socket.get_option(option, ec); }, ec);
}

// Like socket.set_option(option), but a refusal by the system, too, is a described_error that
// names the option and what would help: "IP_RECVIF: not supported here; Windows 10 version 1703
// brings it: WSAENOPROTOOPT 10042".
template <class Socket, class Option>
requires settable_option<Option, typename Socket::protocol_type>
void set_option(Socket& socket, const Option& option) {
  std::error_code ec;
  socket.set_option(option, ec);
  if (ec) {
    throw described_error(ec, refusal_message(support_of(Option::id), ec));
  }
}

// Like socket.get_option(option), likewise.
template <class Socket, class Option>
requires gettable_option<Option, typename Socket::protocol_type>
void get_option(const Socket& socket, Option& option) {
  std::error_code ec;
  socket.get_option(option, ec);
  if (ec) {
    throw described_error(ec, refusal_message(support_of(Option::id), ec));
  }
}

} // namespace ancillary
