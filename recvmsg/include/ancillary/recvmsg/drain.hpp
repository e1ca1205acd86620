// Receiving inside a loop of your own: one call that does not block, on a native handle.
#pragma once

#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/detail/drain_core.hpp>
#include <ancillary/recvmsg/handler.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/receive_options.hpp>

#include <memory>
#include <span>
#include <system_error>
#include <type_traits>
#include <utility>

namespace ancillary {

// What a receiver does, without Asio's loop and without a thread: the same packets, metadata and
// counters. Wait for the handle as you like (poll, epoll, WSAPoll, libuv), then call receive().
//
//   ancillary::drain drain(handle, {.metadata = ancillary::want({ancillary::field::destination})});
//   for (;;) {
//     poll(...);
//     const auto result = drain.receive([](const ancillary::packet& packet) { ... });
//     if (result.error.fatal) break;
//   }
//
// The handle stays the caller's, must outlive the drain, and belongs to a UDP socket. On Windows
// the socket becomes non-blocking for all its users; nothing may be pending on it while receive()
// runs.
//
// Threads: calls on one drain must not overlap, save that counters() may be called at any time.
class drain {
public:
  using native_handle_type = detail::drain_core::native_handle_type;

  // Throws std::system_error when set-up fails, as a receiver does. Of the options those that open
  // a socket are not used; receive_options::pool may be shared with other drains of this thread.
  explicit drain(native_handle_type socket, const receive_options& options = {}) {
    std::error_code error;
    core_ = std::make_unique<detail::drain_core>(socket, options, error);
    if (error) {
      detail::throw_set_up_error(error, core_->report());
    }
  }

  // The same; sets `error` instead. Then only `metadata()` and destruction are allowed.
  drain(native_handle_type socket, const receive_options& options, std::error_code& error)
      : core_(std::make_unique<detail::drain_core>(socket, options, error)) {}

  // Hands what is waiting to `handler`, up to receive_options::budget_batches batches; returns at
  // once when nothing is there. It ends early after an error, which is in the result: the next call
  // goes on unless the error is fatal.
  //
  // A handler that calls receive_control::stop(), or throws, ends the call as well. What was taken
  // by then and not handed over comes first in the next call, and keeps the slots until then.
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

  // What the system granted and refused of options.metadata.
  [[nodiscard]] const metadata_report& metadata() const noexcept { return core_->report(); }

  // What became of the replies of packet::reply(). They leave at the end of each batch.
  [[nodiscard]] send_counters reply_counters() const noexcept { return core_->reply_counters(); }

  // As a receiver's; `wakeups` counts the calls of receive().
  [[nodiscard]] receive_counters counters() const noexcept { return core_->counters(); }

private:
  std::unique_ptr<detail::drain_core> core_;
};

} // namespace ancillary
