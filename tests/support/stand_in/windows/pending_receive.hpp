// The caller's overlapped receive, while the real one is pending.
#pragma once

#include "../stand_in.hpp"
#include "real_receive.hpp"

#include <asio/windows/object_handle.hpp>
#include <memory>
#include <system_error>

namespace ancillary_test {

// The real receive uses its own OVERLAPPED and memory, and signals an event. The event handle has
// the low bit set, so that nothing is queued to the socket's port; when it is signalled, the
// caller's message is filled and the completion of the caller's OVERLAPPED is queued with the
// chosen code. So a completion is queued exactly once, and the caller's memory is written before it
// can be dequeued.
class pending_receive : public std::enable_shared_from_this<pending_receive> {
public:
  pending_receive(stand_in& machine, SOCKET socket, WSAMSG* message, OVERLAPPED* overlapped);
  ~pending_receive();
  pending_receive(const pending_receive&) = delete;
  pending_receive& operator=(const pending_receive&) = delete;

  // 0 if it is pending, else the error of the real call: then no completion follows.
  [[nodiscard]] DWORD start();
  void cancel_real() noexcept;
  // Passes the datagram of the real call to the socket, and waits for the next one.
  void hand_over();

  [[nodiscard]] SOCKET socket() const noexcept { return socket_; }
  [[nodiscard]] OVERLAPPED* overlapped() const noexcept { return overlapped_; }

private:
  struct duty;
  [[nodiscard]] DWORD begin_real();
  void arrive();
  void on_signal();

  stand_in& machine_;
  asio::io_context& io_;
  const SOCKET socket_;
  WSAMSG* const message_;
  OVERLAPPED* const overlapped_;
  OVERLAPPED own_{};
  asio::windows::object_handle event_;
  real_receive real_;
  bool is_done_ = true; // the completion has been queued, or is not ours
};

// Fills the caller's message with a pending datagram. The caller returns the outcome's error.
outcome fill(stand_in& machine, SOCKET socket, WSAMSG& message);

// Queues the completion of Asio's overlapped operation with this code and byte count.
void queue_completion(asio::io_context& io, OVERLAPPED* overlapped, DWORD code, DWORD bytes);

} // namespace ancillary_test
