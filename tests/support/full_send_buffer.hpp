// A send buffer that is full on demand: the loopback interface never fills one.
#pragma once

namespace ancillary_test {

// Replaces the system's send call. Must outlive everything that sends.
class full_send_buffer {
public:
  full_send_buffer();
  ~full_send_buffer();
  full_send_buffer(const full_send_buffer&) = delete;
  full_send_buffer& operator=(const full_send_buffer&) = delete;

  // The next calls find the buffer full. Safe from any thread.
  void full_for(int calls) noexcept;
};

} // namespace ancillary_test
