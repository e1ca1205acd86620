// A datagram as an argument of sendmmsg.
#pragma once

#include "send/outgoing_control.hpp"
#include "send/reply_rules.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <netinet/in.h>
#include <span>
#include <sys/socket.h>
#include <system_error>

namespace ancillary::detail {

// The data that a msghdr points to; must live as long.
struct prepared_message {
  sockaddr_in6 mapped; // the remote, if it must be converted to the socket's family
  alignas(cmsghdr) std::array<std::byte, outgoing_control_bytes> control;
};

// The socket that sends a datagram.
struct sending_socket {
  bool v6;
  const reply_rules& rules;
};

// Sets everything in `header` except its vectors. `segment_bytes` 0: not segmented. Returns an
// error if the datagram is invalid.
[[nodiscard]] std::error_code prepare(msghdr& header, prepared_message& storage,
                                      const outgoing& from, const sending_socket& by,
                                      std::uint32_t segment_bytes) noexcept;

[[nodiscard]] inline iovec vector_of(std::span<const std::byte> bytes) noexcept {
  return {const_cast<std::byte*>(bytes.data()), bytes.size()}; // sendmsg does not modify them
}

} // namespace ancillary::detail
