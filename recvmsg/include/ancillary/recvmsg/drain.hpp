// Receiving in an event loop of your own: one non-blocking call on a native handle.
#pragma once

#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/detail/drain_core.hpp>
#include <ancillary/recvmsg/handler.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/occupancy.hpp>
#include <ancillary/recvmsg/receive_options.hpp>
#include <ancillary/recvmsg/statistics.hpp>

#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <type_traits>
#include <utility>

namespace ancillary {

// Does the work of a receiver without Asio's event loop and without a thread, with the same
// packets, metadata and counters. Wait for the handle with poll, epoll, WSAPoll or libuv, then call
// receive().
//
//   ancillary::drain drain(handle, {.metadata = ancillary::want({ancillary::field::destination})});
//   for (;;) {
//     poll(...);
//     const auto result = drain.receive([](const ancillary::packet& packet) { ... });
//     if (result.error.fatal) break;
//   }
//
// The handle of a UDP socket remains the caller's and must outlive the drain. On Windows, the
// socket becomes non-blocking for all its users; no operation may be pending on it while receive()
// runs.
//
// Threads: calls on one drain must not overlap, except counters(), which is safe at any time.
class drain {
public:
  // A file descriptor, or a SOCKET on Windows.
  using native_handle_type = detail::drain_core::native_handle_type;

  // Throws std::system_error if set-up fails, like a receiver. Ignores the options for opening a
  // socket; other drains of this thread may share receive_options::pool.
  explicit drain(native_handle_type socket, const receive_options& options = {}) {
    std::error_code error;
    core_ = std::make_unique<detail::drain_core>(socket, options, error);
    if (error) {
      detail::throw_set_up_error(error, core_->report());
    }
  }

  // The same, but sets `error`. On error, only `metadata()` and destruction are allowed.
  drain(native_handle_type socket, const receive_options& options, std::error_code& error)
      : core_(std::make_unique<detail::drain_core>(socket, options, error)) {}

  // Delivers pending datagrams to `handler`, up to receive_options::budget_batches batches; returns
  // at once if none are pending. An error ends the call early and is in the result; the next call
  // continues unless the error is fatal.
  //
  // A handler that calls receive_control::stop() or throws ends the call as well. The next call
  // first delivers the datagrams already received, which keep their slots until then.
  template <class Handler>
  requires datagram_handler<std::remove_cvref_t<Handler>> drain_result receive(Handler&& handler) {
    using handler_type = std::remove_reference_t<Handler>;
    return core_->receive(
        [](void* erased, detail::packet_list& list, detail::receive_core& core,
           std::span<detail::slot* const> batch, detail::batch_position& position) {
          detail::deliver_to(*static_cast<handler_type*>(erased), list, core, batch, position);
        },
        const_cast<void*>(static_cast<const void*>(std::addressof(handler))));
  }

  // Which fields of options.metadata the system granted and refused.
  [[nodiscard]] const metadata_report& metadata() const noexcept { return core_->report(); }

  // Counts the replies of packet::reply(), which leave at the end of each batch.
  [[nodiscard]] send_counters reply_counters() const noexcept { return core_->reply_counters(); }

  // Batch sizes, turn times and delays; nullopt unless receive_options::statistics is set. Safe
  // from any thread.
  [[nodiscard]] std::optional<receive_statistics> statistics() const noexcept {
    return core_->statistics();
  }

  // How full the slots and the socket's receive buffer are now: two system calls at most, and a
  // look at each slot. Safe from any thread until the socket is closed.
  [[nodiscard]] receive_occupancy occupancy() const noexcept { return core_->occupancy(); }

  // Like a receiver's; `wakeups` counts the calls of receive().
  [[nodiscard]] receive_counters counters() const noexcept { return core_->counters(); }

private:
  std::unique_ptr<detail::drain_core> core_;
};

} // namespace ancillary
