// A new list of the interfaces, beside the one before.
#pragma once

#include "platform/interface_watch.hpp"
#include <ancillary/recvmsg/network_interfaces.hpp>

#include <cstdint>
#include <span>
#include <system_error>
#include <vector>

namespace ancillary::detail {

struct interface_update {
  std::span<const network_interface> before;
  std::span<const network_interface> now;
  std::span<const std::uint32_t> removed; // indices that went in between, though they may be back
  std::span<const interface_interruption> interrupted = {}; // links and families, likewise
  bool lost = false; // there were more events than the system kept

  // Whether the interface with this index is another one than before.
  [[nodiscard]] bool is_replaced(std::uint32_t index) const noexcept;

  // Whether it was of no use for the family in between.
  [[nodiscard]] bool was_interrupted(std::uint32_t index, ip_family family) const noexcept;
};

[[nodiscard]] const network_interface* find_interface(std::span<const network_interface> all,
                                                      std::uint32_t index) noexcept;

// First what is gone, then what is new or changed. They point into the lists.
[[nodiscard]] std::vector<interface_change> changes_of(const interface_update& update);

// Told of updates by a monitor, which holds it weakly.
class interface_listener {
public:
  interface_listener() = default;
  interface_listener(const interface_listener&) = delete;
  interface_listener& operator=(const interface_listener&) = delete;
  virtual ~interface_listener() = default;

  virtual void on_update(const interface_update& update) = 0;
  virtual void on_list_error(const std::error_code&) {}
};

} // namespace ancillary::detail
