// The largest datagram that can have come in by an interface, unfragmented.
#pragma once

#include "platform/network_interfaces.hpp"
#include <ancillary/decoders/ip_address.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace ancillary::detail {

// Payloads up to this size pass any interface that carries IP over Ethernet.
inline constexpr std::uint32_t payload_of_any_interface = 1500 - 48; // IPv6 and UDP headers

// The most payload bytes that a datagram from `remote` can have, by the interface with this index.
// Without an index, or with one that is not known, by any of them.
[[nodiscard]] std::size_t largest_payload(const network_interfaces& known, const ip_address& remote,
                                          std::optional<std::uint32_t> index) noexcept;

// The same of this machine, whose interfaces come and go: asked anew before a datagram is found to
// be too large, though not more often than every few seconds. For one thread.
class interface_limit {
public:
  [[nodiscard]] bool exceeded_by(std::size_t payload_bytes, const ip_address& remote,
                                 std::optional<std::uint32_t> index);

private:
  using clock = std::chrono::steady_clock;

  network_interfaces known_;
  std::optional<clock::time_point> asked_;
};

} // namespace ancillary::detail
