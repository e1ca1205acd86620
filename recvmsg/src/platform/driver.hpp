// The one seam to the operating system. No types of an operating system here; each platform has its
// .cpp, and tests have drivers of their own.
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

// What one receive call brought. A count and an error together: first the datagrams, then the
// error.
struct receive_result {
  std::size_t count = 0;  // the first slots of the window are filled, in the order of arrival
  bool exhausted = false; // nothing more is waiting
  receive_error error{};
};

// A slot that a driver had for itself; `filled` when a receive into it ended that nobody asked for.
struct abandoned_slot {
  slot* held = nullptr;
  bool filled = false;
};

// Takes datagrams off one socket without blocking; how to wait for them is another matter.
class batch_source {
public:
  virtual ~batch_source() = default;

  // The layout of the control buffers that it fills.
  [[nodiscard]] virtual layout_id layout() const noexcept = 0;

  // Fills the window's slots from the first, without blocking. Of a driver: only while not armed.
  [[nodiscard]] virtual receive_result receive(window& slots) noexcept = 0;

  // Has the system hand over each datagram by itself from now on. False when it does not obey.
  [[nodiscard]] virtual bool stop_coalescing() noexcept { return false; }
};

// Waits for them as well. Completion-shaped, because only that fits both systems: on Windows an
// armed driver has a receive pending into a slot, on Linux it only waits for the socket to be
// readable.
class driver : public batch_source {
public:
  // Has `loop->on_wake()` called once, on the socket's executor, when there is something to
  // receive, an error to report, or after `cancel()`. Keeps `loop` alive until then. False when a
  // slot was needed and the window has none.
  [[nodiscard]] virtual bool arm(const std::shared_ptr<wakeable>& loop, window& slots) = 0;

  // Hastens the wake-up that was armed for. May run beside anything but `arm()` and the destructor.
  virtual void cancel() noexcept = 0;

  // The loop has ended: lets go of the slot that was kept for pending receives. Only while not
  // armed.
  [[nodiscard]] virtual abandoned_slot abandon() noexcept = 0;
};

// A driver for an open socket, made ready for receiving without blocking.
[[nodiscard]] std::unique_ptr<driver>
make_driver(asio::ip::udp::socket& socket, const receive_options& options, std::error_code& error);

// A source for an open socket, made ready for receiving without blocking. The socket stays the
// caller's and must outlive it.
[[nodiscard]] std::unique_ptr<batch_source>
make_source(native_socket socket, const receive_options& options, std::error_code& error);

// The slots that an armed driver keeps beyond those of a batch.
[[nodiscard]] std::size_t pending_slots() noexcept;

// The control bytes that the fields can take in one buffer on this system, all families together.
[[nodiscard]] std::size_t control_bytes_for(field_set fields) noexcept;

} // namespace ancillary::detail
