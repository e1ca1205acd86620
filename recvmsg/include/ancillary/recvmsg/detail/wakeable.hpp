// Who waits for a socket or for a pool, as drivers and windows see it.
#pragma once

#include <asio/any_io_executor.hpp>

namespace ancillary::detail {

// Both functions are called on `executor()`. A driver and a window hold a reference to it
// until they have called it.
class wakeable {
public:
  // What it armed a driver for has happened.
  virtual void on_wake() = 0;

  // The window is its own now, or there may be a slot.
  virtual void resume() = 0;

  [[nodiscard]] virtual asio::any_io_executor executor() = 0;

protected:
  ~wakeable() = default;
};

} // namespace ancillary::detail
