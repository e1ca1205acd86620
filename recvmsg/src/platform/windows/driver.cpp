// Windows: one overlapped WSARecvMsg is pending; after its completion, non-blocking calls drain
// further datagrams up to the batch; then the next overlapped call is started. While one is
// pending, non-blocking calls receive nothing; after its completion they receive the datagrams that
// follow it, so order is kept.

#include "platform/driver.hpp"

#include "common/handler_memory.hpp"
#include "platform/windows/error_queue.hpp"
#include "platform/windows/source.hpp"
#include "platform/windows/system_calls.hpp"
#include "platform/windows_errors.hpp"
#include "set_up/metadata_options.hpp"
#include "slots/window.hpp"
#include <ancillary/recvmsg/detail/wakeable.hpp>

#include <asio/ip/udp.hpp>
#include <asio/post.hpp>
#include <asio/windows/overlapped_ptr.hpp>
#include <utility>

namespace ancillary::detail {

namespace {

class windows_driver final : public driver {
public:
  windows_driver(asio::ip::udp::socket& socket, LPFN_WSARECVMSG recvmsg, bool error_detail)
      : socket_(socket), recvmsg_(recvmsg), errors_(error_detail) {}

  layout_id layout() const noexcept override { return layouts::native::id; }

  bool arm(const std::shared_ptr<wakeable>& loop, window& slots) override {
    if (std::exchange(more_errors_, false)) {
      // What is left in the error queue may end no pending receive.
      overlapped_ = nullptr;
      asio::post(socket_.get_executor(), [loop] { loop->on_wake(); });
      return true;
    }
    if (pending_ == nullptr && (pending_ = slots.take_free()) == nullptr) {
      return false;
    }
    slots_ = &slots;
    if (errors_.is_on()) {
      pending_->remote = {}; // the system may write none for an error
    }
    message_.point_to(*pending_, slots);
    asio::windows::overlapped_ptr operation(socket_.get_executor(), completion{loop, *this});
    overlapped_ = operation.get();
    const int result =
        recvmsg_(socket_.native_handle(), &message_.header, nullptr, operation.get(), nullptr);
    const auto error = result == 0 ? DWORD{0} : static_cast<DWORD>(::WSAGetLastError());
    // An immediate result also queues a completion, and so does a truncation.
    if (error == 0 || error == WSA_IO_PENDING || is_truncation(error)) {
      operation.release();
    } else {
      operation.complete(to_error_code(error), 0);
    }
    return true;
  }

  receive_result receive(window& slots) noexcept override {
    const receive_result result = receive_pending_and_more(slots);
    more_errors_ = errors_.is_on() && result.error.condition != receive_condition::none;
    return result;
  }

  bool stop_coalescing() noexcept override {
    return switch_off_coalescing(socket_.native_handle());
  }

  void cancel() noexcept override {
    if (overlapped_ != nullptr) {
      // Cancels only our operation: the caller's operations on the socket continue.
      const SOCKET handle = socket_.native_handle();
      system.cancel(reinterpret_cast<HANDLE>(handle), overlapped_);
    }
  }

  abandoned_slot abandon() noexcept override {
    abandoned_slot last{std::exchange(pending_, nullptr), std::exchange(completed_, false)};
    if (last.filled && completed_error_ != 0 && !is_truncation(completed_error_)) {
      last.filled = false;
    }
    if (last.filled) {
      message_.take(*last.held, completed_bytes_, completed_error_ != 0, *slots_);
      if (errors_.is_on()) {
        last.error = errors_.take(message_, *last.held).condition;
        last.filled = last.error == receive_condition::none;
      }
    }
    return last;
  }

private:
  receive_result receive_pending_and_more(window& slots) noexcept {
    receive_result result;
    if (completed_) {
      completed_ = false;
      if (completed_error_ != 0 && !is_truncation(completed_error_)) {
        result.error = error_of(completed_error_);
        errors_.ask(socket_.native_handle(), recvmsg_, slots, result);
        return result;
      }
      message_.take(*pending_, completed_bytes_, completed_error_ != 0, slots);
      if (errors_.is_on()) [[unlikely]] {
        result.error = errors_.take(message_, *pending_);
        if (result.error.condition != receive_condition::none) {
          return result; // the slot had an error, and remains pending_
        }
      }
      pending_ = slots.exchange(0, pending_);
      result.count = 1;
    }
    receive_now(socket_.native_handle(), recvmsg_, slots, errors_, result);
    return result;
  }

  struct completion {
    std::shared_ptr<wakeable> loop;
    windows_driver& self;

    using allocator_type = handler_allocator<void>;
    allocator_type get_allocator() const noexcept { return allocator_type(self.memory_); }

    void operator()(const std::error_code& error, std::size_t bytes) const {
      self.completed_ = true;
      self.completed_error_ = static_cast<std::uint32_t>(error.value());
      self.completed_bytes_ = static_cast<DWORD>(bytes);
      loop->on_wake();
    }
  };

  asio::ip::udp::socket& socket_;
  const LPFN_WSARECVMSG recvmsg_;
  error_queue errors_;
  handler_memory memory_;

  slot* pending_ = nullptr; // owned by the system while armed
  message message_;         // likewise
  window* slots_ = nullptr;
  OVERLAPPED* overlapped_ = nullptr;

  bool more_errors_ = false; // the last call found an error in the queue; there may be others
  bool completed_ = false;   // a receive into pending_ completed and is not yet reported
  std::uint32_t completed_error_ = 0;
  DWORD completed_bytes_ = 0;
};

} // namespace

std::size_t pending_slots() noexcept { return 1; }

std::unique_ptr<driver> make_driver(asio::ip::udp::socket& socket, const receive_options& options,
                                    std::error_code& error) {
  error.clear();
  const LPFN_WSARECVMSG recvmsg = find_recvmsg(socket.native_handle(), error);
  if (error) {
    return nullptr;
  }
  choose_icmp_errors(socket.native_handle(), options);
  // Asio records this and keeps the caller's own synchronous calls blocking.
  socket.native_non_blocking(true, error);
  if (error) {
    return nullptr;
  }
  return std::make_unique<windows_driver>(socket, recvmsg, options.error_detail);
}

} // namespace ancillary::detail
