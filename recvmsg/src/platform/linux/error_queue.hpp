// The error queue of a socket whose owner enabled IP_RECVERR or IPV6_RECVERR.
#pragma once

#include "common/native_socket.hpp"
#include "platform/queued_error.hpp"
#include <ancillary/recvmsg/receive_error.hpp>

#include <memory>

namespace ancillary::detail {

// The condition for an errno of a receive call or of an error queue entry.
[[nodiscard]] receive_condition linux_condition(int error) noexcept;

class error_queue {
public:
  // Takes one error off the queue; condition none if it is empty or neither option is enabled: then
  // the queue belongs to others, for example for transmit timestamps. An entry that is not read
  // keeps the socket ready (EPOLLERR). The detail is valid until the next call.
  [[nodiscard]] receive_error take(native_socket socket) noexcept;

  // Reads the options: before the first receive call, and after one that failed. The owner may
  // enable them at any time, and reading takes two system calls; so not after a call that would
  // block in a wake-up that brought datagrams.
  void look(native_socket socket, bool would_block) noexcept;

  [[nodiscard]] bool is_on() const noexcept { return on_; }
  [[nodiscard]] bool was_asked() const noexcept { return asked_; }

  // After a receive call that brought datagrams. Where it filled its batch, the next call belongs
  // to the same wake-up.
  void note_datagrams(bool filled_batch) noexcept { after_datagrams_ = filled_batch; }

private:
  std::unique_ptr<queued_error> entry_; // made when an option is first found enabled
  bool on_ = false;
  bool asked_ = false;
  bool after_datagrams_ = false;
};

} // namespace ancillary::detail
