#include "windows_answers.hpp"

#include "known_options.hpp"

namespace ancillary_test {

namespace {

// ws2def.h, ws2ipdef.h, ws2tcpip.h.
namespace level {
constexpr int ipv4 = 0;
constexpr int udp = 17;
constexpr int ipv6 = 41;
constexpr int socket = 0xffff;
} // namespace level

namespace name {
constexpr int header_included = 2;
constexpr int send_segment_bytes = 2; // UDP_SEND_MSG_SIZE
constexpr int tos = 3;
constexpr int packet_info = 19;
constexpr int receive_hop_limit = 21;
constexpr int receive_broadcast = 22;
constexpr int receive_interface = 24;
constexpr int v6_only = 27;
constexpr int unicast_interface = 31;
constexpr int traffic_class = 39;
constexpr int receive_traffic_class = 40;
constexpr int original_arrival_interface = 47;
constexpr int receive_ecn = 50;
constexpr int redirect_records = 60;
constexpr int redirect_context = 70;
constexpr int mtu_discover = 71;
constexpr int mtu = 73;
constexpr int receive_errors = 75;
constexpr int user_mtu = 76;
constexpr int exclusive_address = -5; // SO_EXCLUSIVEADDRUSE, ~SO_REUSEADDR
} // namespace name

bool is(const option_call& call, int level, int name) noexcept {
  return call.level == level && call.name == name;
}

// Boolean options, which require four bytes on Windows.
bool is_flag(const option_call& call) noexcept {
  switch (call.name) {
  case name::packet_info:
  case name::receive_hop_limit:
  case name::receive_interface:
  case name::receive_traffic_class:
  case name::original_arrival_interface:
  case name::receive_ecn:
    return call.level == level::ipv4 || call.level == level::ipv6;
  default:
    return false;
  }
}

// Row 21: get and set on an unbound UDP socket succeed.
bool is_taken_unbound(const option_call& call) noexcept {
  switch (call.name) {
  case name::receive_broadcast:
  case name::redirect_records:
  case name::redirect_context:
  case name::user_mtu:
    return call.level == level::ipv4;
  default:
    return false;
  }
}

// Row 22: unknown for these two.
bool is_ipv4_interface_option(const option_call& call) noexcept {
  return call.level == level::ipv4 &&
         (call.name == name::receive_interface || call.name == name::original_arrival_interface);
}

std::optional<std::uint32_t> answer_on_ipv4_level(const conditions& now, const socket_facts& socket,
                                                  const option_call& call) {
  if (call.name == name::header_included) {
    return winsock::invalid_argument; // row 19: for raw sockets only
  }
  if (call.name == name::tos) {
    // Row 19; row 6: accepted, but not passed to the real socket, so that it has no effect on the
    // wire.
    return socket.is_v6 ? winsock::invalid_argument : 0;
  }
  if (call.name == name::mtu_discover && call.value == 0) {
    return winsock::invalid_argument; // row 10
  }
  if (socket.is_v6 && is_ipv4_interface_option(call) && !now.ipv4_interfaces_on_ipv6) {
    return winsock::invalid_argument;
  }
  if (call.name == name::unicast_interface) {
    return 0; // row 23: the value reads back in another byte order
  }
  return std::nullopt;
}

// For the options that enable metadata.
std::optional<std::uint32_t> answer_by_version(const conditions& now, const option_call& call) {
  if (call.name == name::receive_ecn && is_flag(call) && !now.has_receive_ecn) {
    return winsock::no_protocol_option;
  }
  if (call.name == name::receive_errors && call.level != level::udp) { // row 25
    return now.errors == error_queue_form::option_refused ? winsock::no_protocol_option : 0;
  }
  return answer_to_option(now.profile, call.level, call.name);
}

} // namespace

std::optional<std::uint32_t> answer_to_set(const conditions& now, const socket_facts& socket,
                                           const option_call& call) {
  if (!socket.is_open) {
    return winsock::not_a_socket;
  }
  if (!is_known_level(call.level)) {
    return winsock::invalid_argument; // row 19
  }
  if (!is_known_option(call.level, call.name)) {
    return winsock::no_protocol_option; // row 19
  }
  if (is_flag(call) && call.bytes < sizeof(std::uint32_t)) {
    return winsock::fault; // row 20
  }
  if (call.level == level::ipv6 && !socket.is_v6) {
    switch (now.ipv6_options_on_ipv4) { // row 2
    case wrong_level::invalid_argument:
      return winsock::invalid_argument;
    case wrong_level::no_protocol_option:
      return winsock::no_protocol_option;
    case wrong_level::taken_silently:
      return 0;
    }
  }
  if (is(call, level::socket, name::exclusive_address)) {
    return socket.is_bound ? winsock::invalid_argument : 0;
  }
  if (is(call, level::ipv6, name::traffic_class)) {
    // Row 3: msquic's trial, which may differ from the answer to a datagram.
    return now.octet_option_is_taken ? 0 : winsock::no_protocol_option;
  }
  if (call.level == level::ipv4) {
    if (const auto answer = answer_on_ipv4_level(now, socket, call)) {
      return answer;
    }
  }
  if (is_taken_unbound(call)) {
    return 0;
  }
  return answer_by_version(now, call);
}

std::optional<told_option> answer_to_get(const conditions& now, const socket_facts& socket,
                                         const option_call& call) {
  if (!socket.is_open) {
    return told_option{winsock::not_a_socket};
  }
  if (!is_known_level(call.level)) {
    return told_option{winsock::invalid_argument}; // row 19
  }
  if (!is_known_option(call.level, call.name)) {
    return told_option{winsock::no_protocol_option}; // row 19
  }
  if (is_flag(call) && call.bytes < sizeof(std::uint32_t)) {
    return told_option{winsock::fault}; // row 20
  }
  if (is(call, level::ipv6, name::v6_only) && !socket.is_v6) {
    return told_option{0, 1, 1}; // row 1
  }
  if (is(call, level::ipv4, name::header_included) ||
      (is(call, level::ipv4, name::tos) && socket.is_v6)) {
    return told_option{winsock::invalid_argument}; // row 19
  }
  if (is(call, level::ipv4, name::mtu) && !socket.is_connected) {
    return told_option{winsock::not_connected}; // row 19
  }
  if (is(call, level::udp, name::send_segment_bytes)) {
    // Windows 10 version 2004; row 12: also where WSASendMsg will refuse it.
    const bool has_it = now.profile >= windows_profile::windows_10;
    return told_option{has_it ? 0 : winsock::no_protocol_option};
  }
  if (is(call, level::ipv4, name::unicast_interface)) {
    const std::uint32_t set = call.value;
    return told_option{0, set << 24 | (set & 0xff00) << 8 | (set >> 8 & 0xff00) | set >> 24};
  }
  if (is_taken_unbound(call) || is(call, level::ipv4, name::tos)) {
    return told_option{0, call.value}; // row 21
  }
  if (const auto answer = answer_by_version(now, call)) {
    return told_option{*answer, call.value};
  }
  return std::nullopt;
}

std::uint32_t answer_to_send(const conditions& now, const ancillary::metadata& asked,
                             bool is_segmented) {
  using ancillary::ecn_codepoint;
  const bool asks_for_ce = asked.ecn == ecn_codepoint::ce ||
                           (asked.traffic_class && asked.traffic_class->ecn() == ecn_codepoint::ce);
  if (asks_for_ce) {
    return winsock::invalid_argument; // row 5
  }
  if (asked.traffic_class && now.octet_is_sent == sent_message::refused) {
    return winsock::invalid_argument; // row 3
  }
  if (asked.ecn && !asked.traffic_class && now.ecn_is_sent == sent_message::refused) {
    return winsock::invalid_argument;
  }
  if (asked.hop_limit && now.hop_limit_is_sent == sent_message::refused) {
    return winsock::invalid_argument; // row 4
  }
  if (is_segmented && !now.segments_are_sent) {
    return winsock::invalid_argument; // row 12
  }
  if (asked.destination) {
    return now.answer_to_source; // row 28
  }
  return 0;
}

std::uint32_t answer_to_receive(const socket_facts& socket) noexcept {
  if (!socket.is_open) {
    return winsock::not_a_socket;
  }
  return socket.is_bound ? 0 : winsock::invalid_argument; // row 13
}

bind_answer answer_to_bind(const port_use& asked, const port_use& there) noexcept {
  const bool share_ipv4 = asked.takes_ipv4 && there.takes_ipv4;
  const bool share_ipv6 = asked.takes_ipv6 && there.takes_ipv6;
  if (share_ipv6 || (share_ipv4 && !asked.takes_ipv6 && !there.takes_ipv6)) {
    return {winsock::address_in_use, {}};
  }
  if (!share_ipv4) {
    return {};
  }
  if (asked.is_exclusive || there.is_exclusive) {
    return {winsock::address_in_use, {}};
  }
  return {0, asked.takes_ipv6 ? port_owner::asked : port_owner::there}; // row 9
}

} // namespace ancillary_test
