// An overlapped receive of a caller's, while the real one is pending.
#pragma once

#include "../stand_in.hpp"
#include "real_receive.hpp"

#include <asio/windows/object_handle.hpp>
#include <memory>
#include <system_error>

namespace ancillary_test {

// The real receive runs on an OVERLAPPED and in memory of our own and signals an event. Its event
// has the low bit set, so that nothing is queued to the port of the socket; when it is signalled,
// the caller's message is filled and the completion of the caller's OVERLAPPED is queued, with the
// code that is wanted. So a completion is queued exactly once, and the caller's memory is written
// before it can be dequeued.
class pending_receive : public std::enable_shared_from_this<pending_receive> {
public:
  pending_receive(stand_in& machine, SOCKET socket, WSAMSG* message, OVERLAPPED* overlapped);
  ~pending_receive();
  pending_receive(const pending_receive&) = delete;
  pending_receive& operator=(const pending_receive&) = delete;

  // 0 when it is pending, else the error of the real call: nothing is to come.
  [[nodiscard]] DWORD start();
  void cancel_real() noexcept;
  // Gives what the real call has brought to the socket, and waits for the next.
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
  bool is_done_ = true; // the completion has been queued, or is none of ours
};

// Fills a caller's message with what waits. The error of the outcome is for the caller to give.
outcome fill(stand_in& machine, SOCKET socket, WSAMSG& message);

// Has the completion of an overlapped operation of Asio's dequeued with this code and count.
void queue_completion(asio::io_context& io, OVERLAPPED* overlapped, DWORD code, DWORD bytes);

} // namespace ancillary_test
