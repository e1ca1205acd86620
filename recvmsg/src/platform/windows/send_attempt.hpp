// What one call of WSASendMsg asks for, and what the next one omits after an error.
#pragma once

#include "send/outgoing_control.hpp"
#include <ancillary/recvmsg/detail/send_counter_set.hpp>
#include <ancillary/recvmsg/outgoing.hpp>

#include <cstdint>
#include <optional>

namespace ancillary::detail {

struct send_attempt {
  std::optional<ip_address> source;
  std::uint32_t interface_index = 0; // 0: as the routes decide
  pktinfo_use use = pktinfo_use::full;
  header_use header{};
};

// WSAEINVAL may also be about the segments, if there are any: then it does not count.
[[nodiscard]] bool may_be_for_pktinfo(int error, const send_attempt& failed,
                                      bool segmented) noexcept;

// Omits the interface, then the packet info as a whole: a reply from another address is better than
// none. False if nothing is left to omit.
[[nodiscard]] bool give_up_pktinfo(send_attempt& failed, const outgoing& datagram) noexcept;

// Counts what so many datagrams with the header of `datagram` were sent without.
void count_omissions(const send_attempt& sent, const outgoing& datagram, std::uint64_t datagrams,
                     send_counter_set& count) noexcept;

} // namespace ancillary::detail
