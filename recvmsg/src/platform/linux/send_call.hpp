// The send call and the meaning of its errors.
#pragma once

#include "common/native_socket.hpp"
#include <ancillary/recvmsg/detail/send_counter_set.hpp>

#include <sys/socket.h>

namespace ancillary::detail {

// Whether a segmented payload may succeed if the library splits it. EIO: the device cannot
// checksum; EMSGSIZE since Linux 6.14, EINVAL before: a segment exceeds the path's MTU, or
// something else is wrong, which sending without segmentation will show.
[[nodiscard]] bool may_be_for_segmentation(int error) noexcept;

// Non-blocking sendmmsg, retried after a signal. ICMP errors of earlier datagrams, if the socket
// reports them (IP_RECVERR, connect), are returned by the next call, whatever it sends. Returning
// an error once clears it, so the call is retried: a second error belongs to this datagram.
[[nodiscard]] int send_now(native_socket socket, mmsghdr* messages, unsigned messages_count,
                           send_counter_set& count) noexcept;

} // namespace ancillary::detail
