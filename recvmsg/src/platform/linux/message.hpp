// A datagram as sendmmsg takes it.
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

// What a msghdr points to; it must stay as long.
struct prepared_message {
  sockaddr_in6 mapped; // the remote in the socket's family, where it has to be made
  alignas(cmsghdr) std::array<std::byte, outgoing_control_bytes> control;
};

// The socket that a datagram leaves by.
struct sending_socket {
  bool v6;
  const reply_rules& rules;
};

// Sets everything of `header` but its vectors. `segment_bytes` 0: not segmented. An error when the
// datagram is not fit to be sent.
[[nodiscard]] std::error_code prepare(msghdr& header, prepared_message& storage,
                                      const outgoing& from, const sending_socket& by,
                                      std::uint32_t segment_bytes) noexcept;

[[nodiscard]] inline iovec vector_of(std::span<const std::byte> bytes) noexcept {
  return {const_cast<std::byte*>(bytes.data()), bytes.size()}; // sendmsg does not write them
}

} // namespace ancillary::detail
