// A datagram as WSASendMsg takes it.
#pragma once

#include "platform/windows/system_calls.hpp"
#include <ancillary/decoders/control_builder.hpp>
#include <ancillary/recvmsg/outgoing.hpp>

#include <cstddef>
#include <span>

namespace ancillary::detail {

// Sets the remote, in the family of the socket; `mapped` is where it has to be made, and must stay
// as long as the message. False when the families do not go together.
[[nodiscard]] bool address(WSAMSG& message, sockaddr_in6& mapped, const outgoing& from,
                           bool v6_socket, ip_family& family) noexcept;

[[nodiscard]] inline WSABUF buffer_of(std::span<const std::byte> bytes) noexcept {
  // WSASendMsg does not modify them.
  return {static_cast<ULONG>(bytes.size()),
          reinterpret_cast<CHAR*>(const_cast<std::byte*>(bytes.data()))};
}

} // namespace ancillary::detail
