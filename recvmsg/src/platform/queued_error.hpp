// The memory of one error that was taken off a socket's error queue: what its detail refers to.
#pragma once

#include <ancillary/recvmsg/error_detail.hpp>

#include <array>
#include <cstddef>

namespace ancillary::detail {

struct queued_error {
  error_detail detail;
  std::array<std::byte, 512> payload; // the first bytes of the datagram
};

} // namespace ancillary::detail
