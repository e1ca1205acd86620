#pragma once

#include "slots/window.hpp"
#include <ancillary/recvmsg/slot_pool.hpp>

#include <cstddef>
#include <stdexcept>
#include <vector>

namespace ancillary_test {

// The free slots: all of a pool's if its loops have ended and nothing is retained.
inline std::size_t free_slots(ancillary::slot_pool& pool) {
  ancillary::detail::window& window = pool.window();
  std::vector<ancillary::detail::slot*> slots;
  if (!window.try_acquire(&slots)) {
    throw std::logic_error("a loop holds the window");
  }
  while (auto* const slot = window.take_free()) {
    slots.push_back(slot);
  }
  for (auto* const slot : slots) {
    window.give_back(slot);
  }
  window.release();
  return slots.size();
}

} // namespace ancillary_test
