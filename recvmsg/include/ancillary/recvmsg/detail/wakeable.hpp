// The waiter for a socket or for a pool, as drivers and windows see it.
#pragma once

#include <asio/any_io_executor.hpp>

namespace ancillary::detail {

// Both functions are called on `executor()`. A driver and a window hold a reference to the object
// until they have called it.
class wakeable {
public:
  // The event for which it armed a driver has occurred.
  virtual void on_wake() = 0;

  // It now holds the window, or a slot may be free.
  virtual void resume() = 0;

  [[nodiscard]] virtual asio::any_io_executor executor() = 0;

protected:
  ~wakeable() = default;
};

} // namespace ancillary::detail
