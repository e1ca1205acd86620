#pragma once

#include <ancillary/decoders/control_builder.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace ancillary::detail {

// An address of this host on an interface; for IPv6 preferably a global one, else link-local.
// Queries the system, which takes a millisecond.
[[nodiscard]] std::optional<ip_address> interface_address(std::uint32_t index,
                                                          ip_family family) noexcept;

// The same, queried again only after a few seconds. For one thread.
class interface_address_cache {
public:
  [[nodiscard]] std::optional<ip_address> find(std::uint32_t index, ip_family family) noexcept;

private:
  using clock = std::chrono::steady_clock;

  struct entry {
    std::uint32_t index = 0; // 0: none
    ip_family family{};
    std::optional<ip_address> address{};
    clock::time_point asked{};
  };

  std::array<entry, 16> entries_{};
  std::size_t next_ = 0;
};

} // namespace ancillary::detail
