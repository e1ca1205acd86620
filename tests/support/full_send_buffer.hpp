// A send buffer that is full when a test wants it so: the loopback never fills one.
#pragma once

namespace ancillary_test {

// Stands before the system's send call. Made before, and destroyed after, whatever sends.
class full_send_buffer {
public:
  full_send_buffer();
  ~full_send_buffer();
  full_send_buffer(const full_send_buffer&) = delete;
  full_send_buffer& operator=(const full_send_buffer&) = delete;

  // The next calls find no room. From any thread.
  void full_for(int calls) noexcept;
};

} // namespace ancillary_test
