// The behaviour of a machine beyond its version; a test may change it at any time.
#pragma once

#include "profile.hpp"
#include <ancillary/decoders/layout.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ancillary_test {

// If the behaviour of Windows is unknown, a test covers both alternatives.
enum class wrong_level : std::uint8_t { invalid_argument, no_protocol_option, taken_silently };
enum class sent_message : std::uint8_t { taken, ignored, refused };
enum class left_length : std::uint8_t { used_bytes, untouched, zero };

// IP_RECVERR, whose behaviour is unknown (row 25): refused; accepted without effect; entries in a
// queue for MSG_ERRQUEUE, alone, beside the error of a receive, or with that error once the entry
// was taken; entries returned by an ordinary receive; the flag refused or ignored.
enum class error_queue_form : std::uint8_t {
  option_refused,
  queued,
  queued_beside_errors,
  queued_then_errors,
  inline_entries,
  flag_refused,
  flag_ignored,
};

inline constexpr std::array all_error_queue_forms{
    error_queue_form::option_refused,       error_queue_form::queued,
    error_queue_form::queued_beside_errors, error_queue_form::queued_then_errors,
    error_queue_form::inline_entries,       error_queue_form::flag_refused,
    error_queue_form::flag_ignored};

inline constexpr std::array all_wrong_levels{
    wrong_level::invalid_argument, wrong_level::no_protocol_option, wrong_level::taken_silently};
inline constexpr std::array all_sent_messages{sent_message::taken, sent_message::ignored,
                                              sent_message::refused};
inline constexpr std::array all_left_lengths{left_length::used_bytes, left_length::untouched,
                                             left_length::zero};

// SIO_CPU_AFFINITY (row 24).
enum class processor_sockets : std::uint8_t { shared_port, without_effect, refused };

inline constexpr std::array all_processor_sockets{
    processor_sockets::shared_port, processor_sockets::without_effect, processor_sockets::refused};

struct conditions {
  windows_profile profile = windows_profile::windows_11;

  // The interface of a tunnel's outer datagram; 0: no tunnel, the receive interface.
  std::uint32_t arrival_interface = 0;

  // Coalesced buffers have UDP_COALESCED_INFO. False: like a broken machine in the field.
  bool marks_coalesced = true;
  // False: it continues to coalesce after being told to stop.
  bool obeys_end_of_coalescing = true;

  // No datagram has control data.
  bool memory_pressure = false;
  // No datagram from the loopback interface has control data.
  bool leaves_own_datagrams_bare = false;

  // An IPv4 datagram on a dual-stack socket has both packet infos, as under Wine.
  bool both_packet_infos = false;

  // IPv6 options on an IPv4 socket.
  wrong_level ipv6_options_on_ipv4 = wrong_level::no_protocol_option;
  // IP_RECVIF and IP_ORIGINAL_ARRIVAL_IF for IPv4 on an IPv6 socket.
  bool ipv4_interfaces_on_ipv6 = true;

  // IP_RECVECN is supported, in the versions that have it.
  bool has_receive_ecn = true;
  // IPv6 sockets can be opened.
  bool has_ipv6 = true;
  // Row 24: SIO_CPU_AFFINITY lets sockets share a port, has no effect, or is refused.
  processor_sockets by_processor = processor_sockets::without_effect;
  // How many more sockets cannot be opened for lack of memory.
  std::uint32_t sockets_without_memory = 0;
  // Joining a group that the socket is a member of: 0, or the error. The membership stays.
  std::uint32_t answer_to_second_join = 0;
  // Row 29: a membership stays in its socket when the interface is gone, and joining again on one
  // with the same index gets answer_to_second_join.
  bool keeps_memberships_of_gone_interfaces = false;
  // How many groups a socket can join on the interfaces of the machine.
  std::size_t most_memberships = 1000;
  // NotifyIpInterfaceChange, NotifyUnicastIpAddressChange: ERROR_NOT_SUPPORTED is 50, as under
  // Wine. 0: they report changes.
  std::uint32_t answer_to_notify_interfaces = 0;
  std::uint32_t answer_to_notify_addresses = 0;
  // NotifyIpInterfaceChange also reports a family that an interface gains, not only those it loses.
  bool reports_added_rows = true;
  // How long the system takes for the interface list.
  std::chrono::milliseconds interface_list_time{0};
  // How often the interface list grows after its size was queried.
  std::uint32_t interfaces_that_appear = 0;

  // The socket option IPV6_TCLASS, with which programs try whether the messages are supported.
  bool octet_option_is_taken = true;
  // Control messages for sending: IP_TOS or IPV6_TCLASS, IP_ECN, the hop limit, UDP_SEND_MSG_SIZE.
  sent_message octet_is_sent = sent_message::taken;
  sent_message ecn_is_sent = sent_message::taken;
  sent_message hop_limit_is_sent = sent_message::taken;
  bool segments_are_sent = true;
  // WSASendMsg's answer to any source address: the machine has lost its addresses. 0: it has them.
  std::uint32_t answer_to_source = 0;

  // WSAMSG.Control.len of a datagram with a truncated payload: the bytes used; otherwise there is
  // no control data and the length is the capacity or zero.
  left_length control_length_when_truncated = left_length::used_bytes;

  // The adapter makes hardware timestamps: another clock, in the same message.
  bool stamps_in_hardware = false;
  // Whether the adapter provides timestamps.
  bool stamps_are_available = true;

  error_queue_form errors = error_queue_form::option_refused;

  // SIO_UDP_CONNRESET and SIO_UDP_NETRESET are supported.
  bool has_icmp_switches = true;

  // False: a truncated overlapped receive only completes later. True: WSARecvMsg also returns
  // WSAEMSGSIZE at once. Windows does either.
  bool truncation_at_once = false;

  // An overlapped receive with a datagram pending returns WSA_IO_PENDING, or success at once.
  bool waiting_is_pending = false;
  // A datagram that arrives while an overlapped receive is pending goes to a non-blocking call, or
  // to the pending receive.
  bool direct_call_comes_first = false;

  // The code of a truncated receive's completion.
  std::uint32_t truncation_completion = 234; // ERROR_MORE_DATA

  // Of a WFP redirection; empty: not redirected.
  std::vector<std::byte> redirect_records{};
  std::vector<std::byte> redirect_context{};

  // The layout of the control buffers, possibly with another word size than the host's.
  ancillary::layout_id layout =
      sizeof(void*) == 8 ? ancillary::layout_id::windows_x64 : ancillary::layout_id::windows_x86;
};

} // namespace ancillary_test
