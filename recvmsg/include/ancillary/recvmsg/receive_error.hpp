// What can go wrong while receiving, in one vocabulary for all systems.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace ancillary {

// The conditions that a receive can end in. The native codes of a condition differ between systems,
// and on Windows between a direct call (WSA codes) and a completion port (Win32 codes); they are
// mapped here.
enum class receive_condition : std::uint8_t {
  none,
  port_unreachable,   // ICMP port unreachable in answer to an earlier send from this socket
  host_unreachable,   // ICMP host or network unreachable
  hop_limit_exceeded, // ICMP time exceeded: the TTL of an earlier send ran out on its way
  message_too_long,   // ICMP fragmentation needed: an earlier send was larger than the path allows
  network_down,       // the interface or the network is down; may come back
  out_of_resources,   // the system is short of memory or buffers; tried again after a pause
  interrupted,        // a signal or a cancellation of the caller's; tried again at once
  socket_closed,      // the socket is gone; the loop has ended
  other,              // a code that is not in the list above; see receive_error::code
};
inline constexpr std::size_t receive_condition_count = 10;

[[nodiscard]] std::string_view to_string(receive_condition condition) noexcept;

struct receive_error {
  receive_condition condition = receive_condition::none;
  std::error_code code; // the system's own, for the log
  bool fatal = false;   // true: the loop has ended; false: it goes on
};

} // namespace ancillary
