// The send call itself, and what its errors mean.
#pragma once

#include "common/native_socket.hpp"
#include <ancillary/recvmsg/detail/send_counter_set.hpp>

#include <sys/socket.h>

namespace ancillary::detail {

// Whether a segmented payload may leave when the library cuts it up. EIO: the device cannot
// checksum; EMSGSIZE since Linux 6.14, EINVAL before: a segment is larger than the path takes, or
// something else is wrong, which the attempt without segmentation will show.
[[nodiscard]] bool may_be_for_segmentation(int error) noexcept;

// sendmmsg without waiting; tried again after a signal. What ICMP says of an earlier datagram,
// where the socket was asked for it (IP_RECVERR, connect), comes out of the next call, whatever
// that one sends. Being told once uses the error up, so the call is made again: what comes a second
// time is this datagram's own.
[[nodiscard]] int send_now(native_socket socket, mmsghdr* messages, unsigned messages_count,
                           send_counter_set& count) noexcept;

} // namespace ancillary::detail
