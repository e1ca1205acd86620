// The program that selects the socket of a datagram within an SO_REUSEPORT group.
#pragma once

#include "platform/linux/bpf_program.hpp"
#include <ancillary/recvmsg/lane_steering.hpp>

#include <cstddef>

namespace ancillary::detail {

// The kernel runs it on the UDP payload (net/core/sock_reuseport.c removes the headers). It returns
// the index of a socket in the order of binding, always below `lanes`, and the same as
// lane_steering::lane_of(). Not for by_flow, the kernel's default.
[[nodiscard]] bpf_program steering_program(const lane_steering& steering, std::size_t lanes);

} // namespace ancillary::detail
