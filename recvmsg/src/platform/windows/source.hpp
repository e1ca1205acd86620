// The receive call, shared by the driver and by loops of other people.
#pragma once

#include "platform/driver.hpp"
#include "platform/windows/system_calls.hpp"
#include "slots/window.hpp"

#include <cstddef>
#include <cstdint>
#include <system_error>

namespace ancillary::detail {

[[nodiscard]] std::error_code to_error_code(std::uint32_t code) noexcept;

// A receive call's arguments. Its fields are in-out, so it is made anew for each call; while a
// receive is pending the system refers to it and to the slot.
struct message {
  WSAMSG header{};
  WSABUF payload{};

  void point_to(slot& to, const window& slots) noexcept;

  // After a call that brought a datagram, `truncation` when it ended in WSAEMSGSIZE.
  void take(slot& to, DWORD received, bool truncation, const window& slots) const noexcept;
};

// The extension function of WSARecvMsg.
[[nodiscard]] LPFN_WSARECVMSG find_recvmsg(native_socket socket, std::error_code& error) noexcept;

// Where the switch is missing, the errors come and are survived.
void choose_icmp_errors(native_socket socket, const receive_options& options) noexcept;

// Fills the window's slots from `result.count` on with what is waiting, without blocking.
void receive_now(native_socket socket, LPFN_WSARECVMSG recvmsg, window& slots,
                 receive_result& result) noexcept;

// What a code of the system's is reported as.
[[nodiscard]] receive_error error_of(std::uint32_t code) noexcept;

} // namespace ancillary::detail
