// Which fields of the IP header a program may set with a datagram. Windows versions differ and are
// not documented, so each driver finds out once.
#pragma once

#include "send/outgoing_control.hpp"
#include <ancillary/recvmsg/outgoing.hpp>

#include <array>
#include <cstdint>
#include <optional>

namespace ancillary::detail {

// Whether the error means that the system refuses something in the control data, or an option.
[[nodiscard]] bool is_refusal(int error) noexcept;

// A Windows that accepts IP_TOS and IPV6_TCLASS with a datagram also accepts IPV6_TCLASS as an
// option; the IPv4 option always seems to succeed (msquic, datapath_winuser.c). Tries it on a
// separate socket, so that a Windows without IPv6 counts as one that refuses, as for msquic.
// Asks the system until it answers, once per process; nullopt: it had no memory for the trial, or
// the like.
[[nodiscard]] std::optional<bool> takes_octet() noexcept;

// For tests, whose stand-in changes the answer.
void forget_octet_answer() noexcept;

// For one family of peers. `first` returns how to send a datagram, `next` what to try after a
// refusal; `learn` records a success. A message that the system ignores counts as accepted.
//
// The trial decides what comes first, not what is possible: a datagram whose ECN the system refuses
// in one message is sent with the other.
class header_support {
public:
  // Finds out whether this datagram can be sent with its DSCP. Without an answer it is not, and the
  // next one asks again.
  void ask_for(const outgoing& datagram) noexcept;

  [[nodiscard]] header_use first(const outgoing& datagram) const noexcept;

  // Returns false if no field is left to omit that has not been accepted before.
  [[nodiscard]] bool next(header_use& tried, const outgoing& datagram) const noexcept;

  // `sent` was accepted after everything before it, from `first` on, was refused.
  void learn(const header_use& sent, const outgoing& datagram) noexcept;

private:
  enum class answer : std::uint8_t { unknown, taken, refused };
  using class_order = std::array<class_use, 3>;

  // What to try in turn: each use at most once, `none` last.
  [[nodiscard]] class_order order_for(const outgoing& datagram) const noexcept;

  std::optional<bool> trial_;      // nullopt: without an answer yet
  answer octet_ = answer::unknown; // IP_TOS, IPV6_TCLASS
  answer ecn_ = answer::unknown;   // IP_ECN
  answer hop_limit_ = answer::unknown;
};

} // namespace ancillary::detail
