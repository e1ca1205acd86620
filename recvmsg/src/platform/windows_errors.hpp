// The error codes of a receive on Windows: WSA codes of direct calls, Win32 codes of completion
// ports, and NTSTATUS values that some layers pass through. Numbers only, so that every host can
// test the mapping.
#pragma once

#include <ancillary/recvmsg/receive_error.hpp>

#include <cstdint>

namespace ancillary::detail {

// Source: winerror.h, ntstatus.h of the Windows SDK.
namespace windows_code {
inline constexpr std::uint32_t invalid_handle = 6;
inline constexpr std::uint32_t not_enough_memory = 8;
inline constexpr std::uint32_t out_of_memory = 14;
inline constexpr std::uint32_t netname_deleted = 64;
inline constexpr std::uint32_t more_data = 234;
inline constexpr std::uint32_t handles_closed = 676;
inline constexpr std::uint32_t operation_aborted = 995;
inline constexpr std::uint32_t connection_refused = 1225;
inline constexpr std::uint32_t network_unreachable = 1231;
inline constexpr std::uint32_t host_unreachable = 1232;
inline constexpr std::uint32_t protocol_unreachable = 1233;
inline constexpr std::uint32_t port_unreachable = 1234;
inline constexpr std::uint32_t no_system_resources = 1450;
inline constexpr std::uint32_t working_set_quota = 1453;
inline constexpr std::uint32_t wsa_interrupted = 10004;
inline constexpr std::uint32_t wsa_bad_descriptor = 10009;
inline constexpr std::uint32_t wsa_would_block = 10035;
inline constexpr std::uint32_t wsa_not_socket = 10038;
inline constexpr std::uint32_t wsa_message_size = 10040;
inline constexpr std::uint32_t wsa_network_down = 10050;
inline constexpr std::uint32_t wsa_network_unreachable = 10051;
inline constexpr std::uint32_t wsa_network_reset = 10052;
inline constexpr std::uint32_t wsa_connection_reset = 10054;
inline constexpr std::uint32_t wsa_no_buffers = 10055;
inline constexpr std::uint32_t wsa_connection_refused = 10061;
inline constexpr std::uint32_t wsa_host_down = 10064;
inline constexpr std::uint32_t wsa_host_unreachable = 10065;
inline constexpr std::uint32_t status_buffer_overflow = 0x80000005;
inline constexpr std::uint32_t status_handles_closed = 0x8000000A;
inline constexpr std::uint32_t status_invalid_handle = 0xC0000008;
inline constexpr std::uint32_t status_no_memory = 0xC0000017;
inline constexpr std::uint32_t status_insufficient_resources = 0xC000009A;
inline constexpr std::uint32_t status_cancelled = 0xC0000120;
inline constexpr std::uint32_t status_connection_reset = 0xC000020D;
inline constexpr std::uint32_t status_connection_refused = 0xC0000236;
inline constexpr std::uint32_t status_network_unreachable = 0xC000023C;
inline constexpr std::uint32_t status_host_unreachable = 0xC000023D;
inline constexpr std::uint32_t status_protocol_unreachable = 0xC000023E;
inline constexpr std::uint32_t status_port_unreachable = 0xC000023F;
inline constexpr std::uint32_t status_hop_limit_exceeded = 0xC000A012;
} // namespace windows_code

// A datagram arrived, but it or its control data was truncated. WSAMSG.dwFlags tells which.
[[nodiscard]] constexpr bool is_truncation(std::uint32_t code) noexcept {
  using namespace windows_code;
  return code == more_data || code == wsa_message_size || code == status_buffer_overflow;
}

[[nodiscard]] constexpr receive_condition windows_condition(std::uint32_t code) noexcept {
  using namespace windows_code;
  switch (code) {
  case 0:
    return receive_condition::none;
  case wsa_connection_reset:
  case wsa_connection_refused:
  case netname_deleted:
  case connection_refused:
  case port_unreachable:
  case status_connection_reset:
  case status_connection_refused:
  case status_port_unreachable:
    return receive_condition::port_unreachable;
  case wsa_network_unreachable:
  case wsa_host_unreachable:
  case wsa_host_down:
  case network_unreachable:
  case host_unreachable:
  case protocol_unreachable:
  case status_network_unreachable:
  case status_host_unreachable:
  case status_protocol_unreachable:
    return receive_condition::host_unreachable;
  case wsa_network_reset:
  case status_hop_limit_exceeded:
    return receive_condition::hop_limit_exceeded;
  case wsa_network_down:
    return receive_condition::network_down;
  case wsa_no_buffers:
  case wsa_would_block: // of an overlapped call: too many are pending (WSARecvMsg's page)
  case not_enough_memory:
  case out_of_memory:
  case no_system_resources:
  case working_set_quota:
  case status_no_memory:
  case status_insufficient_resources:
    return receive_condition::out_of_resources;
  case wsa_interrupted:
  case operation_aborted:
  case status_cancelled:
    return receive_condition::interrupted;
  case invalid_handle:
  case handles_closed:
  case wsa_bad_descriptor:
  case wsa_not_socket:
  case status_handles_closed:
  case status_invalid_handle:
    return receive_condition::socket_closed;
  default:
    return receive_condition::other;
  }
}

} // namespace ancillary::detail
