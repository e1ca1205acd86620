// The destination of packet::reply(): the loop that holds the window.
#pragma once

#include <cstddef>
#include <span>

namespace ancillary {
class packet;
struct reply_options;
} // namespace ancillary

namespace ancillary::detail {

// For the thread that delivers the packets.
class reply_sink {
public:
  virtual void add(const packet& request, std::span<const std::byte> payload,
                   const reply_options& options) = 0;

protected:
  ~reply_sink() = default;
};

} // namespace ancillary::detail
