// Applies a coalescing guard to one socket.
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
    std::size_t kept = 0;    // the first slots, which form the batch now
    std::size_t found = 0;   // buffers with several datagrams and no segment size
    std::size_t dropped = 0; // of these; their slots follow the ones that were kept
  };

  // Examines the first `count` slots, already decoded and counted. On the first finding it disables
  // coalescing on the source, or tries again if that failed before.
  [[nodiscard]] findings inspect(window& slots, std::size_t count, batch_source& source) noexcept;

private:
  [[nodiscard]] bool holds_several(const slot& each) noexcept;
  [[nodiscard]] bool exceeds_interface(const slot& each) noexcept;

  const coalescing_guard guard_;
  const std::uint32_t unsuspicious_bytes_; // a payload up to this size is not examined
  interface_limit limit_;
  bool switched_off_ = false;
};

} // namespace ancillary::detail
