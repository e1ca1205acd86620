// The largest unfragmented datagram that an interface can receive.
#pragma once

#include <ancillary/decoders/ip_address.hpp>
#include <ancillary/recvmsg/network_interface.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace ancillary::detail {

// Payloads up to this size fit any interface that carries IP over Ethernet.
inline constexpr std::uint32_t payload_of_any_interface = 1500 - 48; // IPv6 and UDP headers

// The largest payload in bytes of a datagram from `remote` received on the interface with this
// index. Without an index, or with an unknown one, the largest over all interfaces.
[[nodiscard]] std::size_t largest_payload(std::span<const network_interface> known,
                                          const ip_address& remote,
                                          std::optional<std::uint32_t> index) noexcept;

// The same for this host, whose interfaces change: it lists them again before it declares a
// datagram too large, but at most every few seconds. For one thread.
class interface_limit {
public:
  [[nodiscard]] bool exceeded_by(std::size_t payload_bytes, const ip_address& remote,
                                 std::optional<std::uint32_t> index);

private:
  using clock = std::chrono::steady_clock;

  std::vector<network_interface> known_;
  std::optional<clock::time_point> asked_;
};

} // namespace ancillary::detail
