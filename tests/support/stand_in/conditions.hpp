// What a machine does beside what its version says; a test changes it at any time.
#pragma once

#include "profile.hpp"
#include <ancillary/decoders/layout.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ancillary_test {

// Where nobody knows what a Windows does, a test has it both ways.
enum class wrong_level : std::uint8_t { invalid_argument, no_protocol_option, taken_silently };
enum class sent_message : std::uint8_t { taken, ignored, refused };
enum class left_length : std::uint8_t { used_bytes, untouched, zero };

inline constexpr std::array all_wrong_levels{
    wrong_level::invalid_argument, wrong_level::no_protocol_option, wrong_level::taken_silently};
inline constexpr std::array all_sent_messages{sent_message::taken, sent_message::ignored,
                                              sent_message::refused};
inline constexpr std::array all_left_lengths{left_length::used_bytes, left_length::untouched,
                                             left_length::zero};

struct conditions {
  windows_profile profile = windows_profile::windows_11;

  // Where a tunnel's outer datagram came in; 0: no tunnel, it is the receive interface.
  std::uint32_t arrival_interface = 0;

  // Coalesced buffers come with UDP_COALESCED_INFO. False: a machine that is broken in the field.
  bool marks_coalesced = true;
  // It goes on when it is told to stop.
  bool obeys_end_of_coalescing = true;

  // No datagram has control data.
  bool memory_pressure = false;
  // None that comes from the loopback has.
  bool leaves_own_datagrams_bare = false;

  // An IPv4 datagram on a dual-stack socket has both packet infos, as under Wine.
  bool both_packet_infos = false;

  // Options of IPv6 on an IPv4 socket.
  wrong_level ipv6_options_on_ipv4 = wrong_level::no_protocol_option;
  // IP_RECVIF and IP_ORIGINAL_ARRIVAL_IF of IPv4 on an IPv6 socket.
  bool ipv4_interfaces_on_ipv6 = true;

  // IP_RECVECN is there, in the versions that have it.
  bool has_receive_ecn = true;
  // Sockets of IPv6 can be made.
  bool has_ipv6 = true;
  // How often the list of interfaces has grown since its size was asked.
  std::uint32_t interfaces_that_appear = 0;

  // What a program sends along: IP_TOS or IPV6_TCLASS (with the trial of the option), IP_ECN, the
  // hop limit, UDP_SEND_MSG_SIZE.
  sent_message octet_is_sent = sent_message::taken;
  sent_message ecn_is_sent = sent_message::taken;
  sent_message hop_limit_is_sent = sent_message::taken;
  bool segments_are_sent = true;

  // WSAMSG.Control.len of a datagram whose payload did not fit: the bytes used, or else there is no
  // control data and the length is the capacity or zero.
  left_length control_length_when_truncated = left_length::used_bytes;

  // A network device stamps in hardware: another clock, in the same message.
  bool stamps_in_hardware = false;
  // A datagram has a stamp only where the adapter gives one.
  bool stamps_are_available = true;

  // SIO_UDP_CONNRESET and SIO_UDP_NETRESET are there.
  bool has_icmp_switches = true;

  // A truncated receive that is overlapped ends in a completion only (false), or WSARecvMsg says
  // WSAEMSGSIZE at once and there is a completion as well. Windows does either.
  bool truncation_at_once = false;

  // Overlapped, while a datagram waits: WSA_IO_PENDING, or success at once.
  bool waiting_is_pending = false;
  // What comes while an overlapped receive is pending is for a call that does not wait, or for the
  // pending one.
  bool direct_call_comes_first = false;

  // What the completion of a truncated receive says.
  std::uint32_t truncation_completion = 234; // ERROR_MORE_DATA

  // Of a WFP redirection; empty: not redirected.
  std::vector<std::byte> redirect_records{};
  std::vector<std::byte> redirect_context{};

  // Where it is not the host's own: another word size.
  ancillary::layout_id layout =
      sizeof(void*) == 8 ? ancillary::layout_id::windows_x64 : ancillary::layout_id::windows_x86;
};

} // namespace ancillary_test
