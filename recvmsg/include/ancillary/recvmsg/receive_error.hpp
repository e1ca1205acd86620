// Receive errors, in one vocabulary for all systems.
#pragma once

#include <ancillary/decoders/export.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace ancillary {

// The error conditions of a receive. The native codes of a condition differ between systems, and on
// Windows between a direct call (WSA codes) and a completion port (Win32 codes).
enum class receive_condition : std::uint8_t {
  none,
  port_unreachable,   // ICMP port unreachable for an earlier send from this socket
  host_unreachable,   // ICMP host or network unreachable
  hop_limit_exceeded, // ICMP time exceeded: the TTL of an earlier send expired in transit
  message_too_long,   // ICMP fragmentation needed: an earlier send exceeded the path's MTU
  network_down,       // the interface or the network is down; may recover
  out_of_resources,   // the system is short of memory or buffers; retried after a pause
  interrupted,        // a signal, or a cancellation by the caller; retried at once
  socket_closed,      // the socket was closed; the loop has ended
  other,              // any other code; see receive_error::code
};
// The number of conditions, `none` included.
inline constexpr std::size_t receive_condition_count = 10;

[[nodiscard]] ANCILLARY_API std::string_view to_string(receive_condition condition) noexcept;

struct error_detail;

// What went wrong in a receive, as passed to the error handler.
struct receive_error {
  // What the error means.
  receive_condition condition = receive_condition::none;
  std::error_code code{}; // the system's code, for the log
  bool fatal = false;     // true: the loop has ended; false: it continues

  // The datagram that the error is about (error_detail.hpp); null if the system does not tell.
  // Valid until the error handler returns; from a `drain` or an `async_receiver`, until the next
  // receive or its end.
  const error_detail* detail = nullptr;
};

} // namespace ancillary
