// Which fields of the IP header a program may set with a datagram: it is not established what each
// Windows takes, so a driver finds out once.
#pragma once

#include "send/outgoing_control.hpp"
#include <ancillary/recvmsg/outgoing.hpp>

#include <cstdint>

namespace ancillary::detail {

// A Windows that takes IP_TOS and IPV6_TCLASS of a program takes IPV6_TCLASS as an option too; with
// the option of IPv4 it only acts as if (msquic, datapath_winuser.c). Tried on a socket of our own.
[[nodiscard]] bool takes_octet() noexcept;

// For one family of peers. `first` says how to send a datagram, `next` what to try when that was
// refused, `learn` keeps what a success has shown. A message that is ignored counts as taken.
class header_support {
public:
  // The DSCP is known not to be taken, or not known to be.
  void refuse_octet() noexcept { octet_ = answer::refused; }

  [[nodiscard]] header_use first(const outgoing& datagram) const noexcept;

  // False when nothing is left to give up that has not been taken before.
  [[nodiscard]] bool next(header_use& tried, const outgoing& datagram) const noexcept;

  // `sent` was taken, after what comes before it from `first` on was refused.
  void learn(const header_use& sent, const outgoing& datagram) noexcept;

private:
  enum class answer : std::uint8_t { unknown, taken, refused };

  [[nodiscard]] class_use class_for(const outgoing& datagram) const noexcept;
  [[nodiscard]] class_use lower(class_use use, const outgoing& datagram) const noexcept;

  answer octet_ = answer::unknown; // IP_TOS, IPV6_TCLASS
  answer ecn_ = answer::unknown;   // IP_ECN
  answer hop_limit_ = answer::unknown;
};

} // namespace ancillary::detail
