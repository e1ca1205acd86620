// A coalescing guard at work on one socket.
#pragma once

#include "coalescing/interface_limit.hpp"
#include <ancillary/recvmsg/coalescing_guard.hpp>
#include <ancillary/recvmsg/detail/slot.hpp>

#include <cstddef>
#include <cstdint>

namespace ancillary::detail {

class batch_source;
class window;

class coalescing_watch {
public:
  explicit coalescing_watch(const coalescing_guard& guard);

  struct findings {
    std::size_t kept = 0;    // the first so many slots are the batch now
    std::size_t found = 0;   // buffers that hold several datagrams and do not say so
    std::size_t dropped = 0; // of these; their slots lie behind those that were kept
  };

  // Looks at the first `count` slots, which were decoded and counted. At the first that it finds it
  // switches coalescing off on the source, or tries again when that failed before.
  [[nodiscard]] findings inspect(window& slots, std::size_t count, batch_source& source) noexcept;

private:
  [[nodiscard]] bool holds_several(const slot& each) noexcept;
  [[nodiscard]] bool exceeds_interface(const slot& each) noexcept;

  const coalescing_guard guard_;
  const std::uint32_t unsuspicious_bytes_; // a payload up to this size is not looked at
  interface_limit limit_;
  bool switched_off_ = false;
};

} // namespace ancillary::detail
