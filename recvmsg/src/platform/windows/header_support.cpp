#include "platform/windows/header_support.hpp"

#include "platform/windows/system_calls.hpp"

#include <atomic>

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
  if (!datagram.traffic_class || octet_ != answer::unasked) {
    return;
  }
  if (const auto taken = takes_octet()) {
    octet_ = *taken ? answer::unknown : answer::refused;
  }
}

class_use header_support::class_for(const outgoing& datagram) const noexcept {
  if (datagram.traffic_class && octet_ != answer::refused && octet_ != answer::unasked) {
    return class_use::octet;
  }
  return wants_ecn(datagram) && ecn_ != answer::refused ? class_use::ecn : class_use::none;
}

header_use header_support::first(const outgoing& datagram) const noexcept {
  return {class_for(datagram), datagram.hop_limit && hop_limit_ != answer::refused};
}

class_use header_support::lower(class_use use, const outgoing& datagram) const noexcept {
  if (use == class_use::octet && octet_ != answer::taken) {
    return wants_ecn(datagram) && ecn_ != answer::refused ? class_use::ecn : class_use::none;
  }
  return use == class_use::ecn && ecn_ != answer::taken ? class_use::none : use;
}

bool header_support::next(header_use& tried, const outgoing& datagram) const noexcept {
  if (const class_use less = lower(tried.traffic_class, datagram); less != tried.traffic_class) {
    tried.traffic_class = less;
    return true;
  }
  if (tried.hop_limit && hop_limit_ != answer::taken) {
    tried = {class_for(datagram), false};
    return true;
  }
  return false;
}

void header_support::learn(const header_use& sent, const outgoing& datagram) noexcept {
  const header_use began = first(datagram);
  if (sent.traffic_class == class_use::octet) {
    octet_ = answer::taken;
  } else if (began.traffic_class == class_use::octet) {
    octet_ = answer::refused;
  }
  if (sent.traffic_class == class_use::ecn) {
    ecn_ = answer::taken;
  } else if (began.traffic_class != sent.traffic_class && sent.traffic_class == class_use::none &&
             wants_ecn(datagram)) {
    ecn_ = answer::refused;
  }
  if (sent.hop_limit) {
    hop_limit_ = answer::taken;
  } else if (began.hop_limit) {
    hop_limit_ = answer::refused;
  }
}

} // namespace ancillary::detail
