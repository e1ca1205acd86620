// The search for a path's MTU by probes, RFC 8899, 5.3. All sizes are bytes of a packet, with IP
// header.
#pragma once

#include <cstdint>
#include <optional>

class path_mtu_search {
public:
  // `base` is expected to work and tells whether the remote host answers at all; `largest` is the
  // upper bound.
  path_mtu_search(std::uint32_t smallest, std::uint32_t base, std::uint32_t largest)
      : smallest_(smallest), base_(base), largest_(largest) {}

  // The size of the next probe. nullopt: the search is over.
  [[nodiscard]] std::optional<std::uint32_t> next() const;

  // A probe of this size arrived.
  void confirm(std::uint32_t size);
  // No probe of this size arrived.
  void give_up(std::uint32_t size);
  // An ICMP message says that a probe of this size was too long for an MTU. The MTU is tried next
  // and is never a result by itself (RFC 8899, 4.6.2). Returns false, without effect, if it cannot
  // be right.
  bool hint(std::uint32_t size, std::uint32_t mtu);
  // The MTU of this host's interface.
  void limit(std::uint32_t mtu);

  // The largest size that arrived; 0: none did.
  [[nodiscard]] std::uint32_t confirmed() const { return confirmed_; }

private:
  std::uint32_t smallest_;
  std::uint32_t base_;
  std::uint32_t largest_;
  std::uint32_t confirmed_ = 0;
  std::uint32_t hint_ = 0;
  bool try_largest_ = true; // the upper bound is a likely result
};
