// The error queue of a socket with IP_RECVERR or IPV6_RECVERR, which Windows has since the SDK
// 10.0.25290. Its headers define the option, MSG_ERRQUEUE and IN_RECVERR, but nothing documents the
// behavior, so each of these works:
//
// - The option is refused: errors are receive errors without a detail.
// - WSARecvMsg with MSG_ERRQUEUE takes an entry, or returns WSAEWOULDBLOCK.
// - It refuses or ignores the flag: it is not used again. A datagram that it then returned is
//   delivered like any other.
// - An ordinary receive returns the entry, like a datagram.
// - A receive fails for the same error too, before or after the entry was taken.
//
// If an error neither ends a pending receive nor makes one fail, it is found with the next
// datagram.
#pragma once

#include "common/native_socket.hpp"
#include "platform/queued_error.hpp"
#include "platform/windows/source.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace ancillary::detail {

class error_queue {
public:
  // `granted`: the system accepted the option.
  explicit error_queue(bool granted);

  [[nodiscard]] bool is_on() const noexcept { return entry_ != nullptr; }

  // Whether ask() will need a slot.
  [[nodiscard]] bool needs_slot() const noexcept { return is_on() && takes_flag_; }

  // The error that a receive into the slot returned like a datagram; condition none if the slot has
  // a datagram.
  [[nodiscard]] receive_error take(const message& received, const slot& from) noexcept;

  // Asks for an entry, into the window's slot after the datagrams in `result`. An entry replaces an
  // ICMP error of the receive call, which is about the same datagram; such an error is dropped if
  // its entry was taken before.
  void ask(native_socket socket, LPFN_WSARECVMSG recvmsg, window& slots,
           receive_result& result) noexcept;

private:
  [[nodiscard]] receive_error error_for(const transport_error& cause, const slot& from) noexcept;
  void take_answer(slot& to, receive_result& result) noexcept;
  [[nodiscard]] std::size_t& told(receive_condition condition) noexcept {
    return told_[static_cast<std::size_t>(condition)];
  }

  std::unique_ptr<queued_error> entry_; // null: not used
  bool takes_flag_ = true;
  // By entries for which a receive may still fail, for each condition.
  std::array<std::size_t, receive_condition_count> told_{};
  std::uint32_t unreported_ = 0; // the code of an error that has not been reported yet
};

} // namespace ancillary::detail
