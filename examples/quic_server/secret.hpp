// The server's secret, from which tokens and stateless resets are derived, and the times that they
// need.
#pragma once

#include "tls.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <ngtcp2/ngtcp2.h>

struct server_secret {
  server_secret() { random_bytes(bytes); }
  std::array<std::uint8_t, 32> bytes{};
};

// Nanoseconds of a clock that only goes forward, as ngtcp2 wants it.
inline ngtcp2_tstamp now() {
  return static_cast<ngtcp2_tstamp>(
      std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
}

// The time of day, for tokens, in nanoseconds.
inline ngtcp2_tstamp token_time() {
  return static_cast<ngtcp2_tstamp>(
      std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count());
}
