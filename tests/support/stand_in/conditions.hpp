// What a machine does beside what its version says; a test changes it at any time.
#pragma once

#include "profile.hpp"
#include <ancillary/decoders/layout.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ancillary_test {

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

  // SIO_UDP_CONNRESET and SIO_UDP_NETRESET are there.
  bool has_icmp_switches = true;

  // A truncated receive that is overlapped ends in a completion only (false), or WSARecvMsg says
  // WSAEMSGSIZE at once and there is a completion as well. Windows does either.
  bool truncation_at_once = false;

  // What the completion says then.
  std::uint32_t truncation_completion = 234; // ERROR_MORE_DATA

  // Of a WFP redirection; empty: not redirected.
  std::vector<std::byte> redirect_records{};
  std::vector<std::byte> redirect_context{};

  // Where it is not the host's own: another word size.
  ancillary::layout_id layout =
      sizeof(void*) == 8 ? ancillary::layout_id::windows_x64 : ancillary::layout_id::windows_x86;
};

} // namespace ancillary_test
