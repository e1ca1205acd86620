// The receive call, shared by the driver and the drain.
#pragma once

#include "platform/driver.hpp"
#include "platform/windows/system_calls.hpp"
#include "slots/window.hpp"

#include <cstddef>
#include <cstdint>
#include <system_error>

namespace ancillary::detail {

class error_queue;

[[nodiscard]] std::error_code to_error_code(std::uint32_t code) noexcept;

// The arguments of a receive call. Its fields are in-out, so it is set up again for each call;
// while a receive is pending, the system refers to it and to the slot.
struct message {
  // No receive returns this count: Wine 8 leaves it unchanged if the payload was truncated.
  static constexpr DWORD untouched = ~DWORD{0};

  WSAMSG header{};
  WSABUF payload{};

  void point_to(slot& to, const window& slots) noexcept;

  // After a call that returned a datagram; `truncation` if it returned WSAEMSGSIZE.
  void take(slot& to, DWORD received, bool truncation, const window& slots) const noexcept;
};

// The extension function WSARecvMsg.
[[nodiscard]] LPFN_WSARECVMSG find_recvmsg(native_socket socket, std::error_code& error) noexcept;

// If the ioctl is missing, the errors are reported and receiving continues.
void choose_icmp_errors(native_socket socket, const receive_options& options) noexcept;

// Fills the window's slots from `result.count` on with pending datagrams, without blocking. If the
// error queue is used, a slot remains free for it.
void receive_now(native_socket socket, LPFN_WSARECVMSG recvmsg, window& slots, error_queue& errors,
                 receive_result& result) noexcept;

// The error for a system code.
[[nodiscard]] receive_error error_of(std::uint32_t code) noexcept;

} // namespace ancillary::detail
