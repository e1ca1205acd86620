#include "platform/windows/header_support.hpp"

#include "platform/windows/system_calls.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>

namespace ancillary::detail {

namespace {

// ws2tcpip.h and ws2ipdef.h.
constexpr int ipv6_level = 41;
constexpr int ipv6_traffic_class = 39;

// Two threads that ask at once get the same answer.
enum octet_state : std::uint8_t { unknown, yes, no };
constinit std::atomic<octet_state> octet_answer{unknown};

// A datagram without the message has ECN zero.
bool wants_ecn(const outgoing& datagram) noexcept {
  return datagram.ecn || combined_traffic_class(datagram).ecn() != ecn_codepoint::not_ect;
}

// The error of the trial; 0: the option was set.
int try_octet() noexcept {
  const SOCKET trial = system.socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP);
  if (trial == INVALID_SOCKET) {
    return ::WSAGetLastError();
  }
  const DWORD lower_effort = 1 << 2; // RFC 8622
  const int result =
      system.setsockopt(trial, ipv6_level, ipv6_traffic_class,
                        reinterpret_cast<const char*>(&lower_effort), sizeof lower_effort);
  const int error = result == 0 ? 0 : ::WSAGetLastError();
  system.closesocket(trial);
  return error;
}

} // namespace

bool is_refusal(int error) noexcept {
  return error == WSAEINVAL || error == WSAENOPROTOOPT || error == WSAEOPNOTSUPP;
}

std::optional<bool> takes_octet() noexcept {
  if (const auto known = octet_answer.load(std::memory_order_relaxed); known != unknown) {
    return known == yes;
  }
  const int error = try_octet();
  if (error != 0 && error != WSAEAFNOSUPPORT && !is_refusal(error)) {
    return std::nullopt;
  }
  octet_answer.store(error == 0 ? yes : no, std::memory_order_relaxed);
  return error == 0;
}

void forget_octet_answer() noexcept { octet_answer.store(unknown, std::memory_order_relaxed); }

void header_support::ask_for(const outgoing& datagram) noexcept {
  if (datagram.traffic_class && !trial_) {
    trial_ = takes_octet();
  }
}

header_support::class_order header_support::order_for(const outgoing& datagram) const noexcept {
  const bool octet_first =
      datagram.traffic_class && (trial_.value_or(false) || octet_ == answer::taken);
  const bool ecn = wants_ecn(datagram);
  class_order order{class_use::none, class_use::none, class_use::none};
  auto end = order.begin();
  if (octet_first && octet_ != answer::refused) {
    *end++ = class_use::octet;
  }
  if (ecn && ecn_ != answer::refused) {
    *end++ = class_use::ecn;
  }
  if (ecn && !octet_first && octet_ != answer::refused) {
    *end++ = class_use::octet;
  }
  return order;
}

header_use header_support::first(const outgoing& datagram) const noexcept {
  return {order_for(datagram).front(), datagram.hop_limit && hop_limit_ != answer::refused};
}

bool header_support::next(header_use& tried, const outgoing& datagram) const noexcept {
  const class_order order = order_for(datagram);
  const auto now = std::find(order.begin(), order.end(), tried.traffic_class);
  const bool is_taken = (*now == class_use::octet && octet_ == answer::taken) ||
                        (*now == class_use::ecn && ecn_ == answer::taken);
  if (*now != class_use::none && !is_taken) {
    tried.traffic_class = *std::next(now);
    return true;
  }
  if (tried.hop_limit && hop_limit_ != answer::taken) {
    tried = {order.front(), false};
    return true;
  }
  return false;
}

void header_support::learn(const header_use& sent, const outgoing& datagram) noexcept {
  const header_use began = first(datagram);
  for (const class_use use : order_for(datagram)) {
    const auto now = use == sent.traffic_class ? answer::taken : answer::refused;
    if (use == class_use::octet) {
      octet_ = now;
    } else if (use == class_use::ecn) {
      ecn_ = now;
    }
    if (use == sent.traffic_class) {
      break;
    }
  }
  if (sent.hop_limit) {
    hop_limit_ = answer::taken;
  } else if (began.hop_limit) {
    hop_limit_ = answer::refused;
  }
}

} // namespace ancillary::detail
