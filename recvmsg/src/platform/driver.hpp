// The operating system interface, without types of an operating system; one .cpp for each platform,
// and tests have their own drivers.
#pragma once

#include "common/native_socket.hpp"
#include <ancillary/decoders/layout.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/receive_error.hpp>
#include <ancillary/recvmsg/receive_options.hpp>

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <memory>
#include <system_error>

namespace ancillary::detail {

class wakeable;
class window;
struct slot;

// The result of one receive call. With both datagrams and an error, the datagrams come first.
struct receive_result {
  std::size_t count = 0;  // the number of slots filled from the first on, in order of arrival
  bool exhausted = false; // the receive buffer is empty
  receive_error error{};
};

// A slot that a driver held; `filled` if an unrequested receive into it has completed, `error` if
// that brought an error.
struct abandoned_slot {
  slot* held = nullptr;
  bool filled = false;
  receive_condition error = receive_condition::none;
};

// Receives datagrams from one socket without blocking; waiting is separate.
class batch_source {
public:
  virtual ~batch_source() = default;

  // The layout of the control buffers.
  [[nodiscard]] virtual layout_id layout() const noexcept = 0;

  // Fills the window's slots from the first, without blocking. On a driver, only while not armed.
  [[nodiscard]] virtual receive_result receive(window& slots) noexcept = 0;

  // Disables coalescing from the next receive on. Returns false if the system refuses.
  [[nodiscard]] virtual bool stop_coalescing() noexcept { return false; }
};

// Adds waiting. Completion-based, because only that fits both systems: on Windows an armed driver
// has a receive pending into a slot, on Linux it waits until the socket is readable.
class driver : public batch_source {
public:
  // Calls `loop->on_wake()` once, on the socket's executor, when a datagram or an error is pending
  // or after `cancel()`. Keeps `loop` alive until then. Returns false if it needs a slot and the
  // window has none.
  [[nodiscard]] virtual bool arm(const std::shared_ptr<wakeable>& loop, window& slots) = 0;

  // The next error behind one with a detail; condition none if there is none. Call it at most once
  // for each error that has been reported.
  [[nodiscard]] virtual receive_error next_error() noexcept { return {}; }

  // Triggers the armed wake-up early. May run concurrently with anything except `arm()` and the
  // destructor.
  virtual void cancel() noexcept = 0;

  // The loop has ended: releases the slot kept for pending receives. Only while not armed.
  [[nodiscard]] virtual abandoned_slot abandon() noexcept = 0;
};

// A driver for an open socket, which it prepares for non-blocking receives.
[[nodiscard]] std::unique_ptr<driver>
make_driver(asio::ip::udp::socket& socket, const receive_options& options, std::error_code& error);

// A source for an open socket, which it prepares for non-blocking receives. The socket remains the
// caller's and must outlive it.
[[nodiscard]] std::unique_ptr<batch_source>
make_source(native_socket socket, const receive_options& options, std::error_code& error);

// The slots that an armed driver holds in addition to those of a batch.
[[nodiscard]] std::size_t pending_slots() noexcept;

// The control bytes that the fields can take in one buffer on this system, for all families
// together.
[[nodiscard]] std::size_t control_bytes_for(field_set fields) noexcept;

} // namespace ancillary::detail
