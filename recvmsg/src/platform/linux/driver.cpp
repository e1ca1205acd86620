// Linux: waits until the socket is readable, then calls recvmmsg until a batch is incomplete.

#include "platform/driver.hpp"

#include "common/handler_memory.hpp"
#include "common/plain_executor.hpp"
#include "platform/linux/reactor_wait.hpp"
#include "platform/linux/source.hpp"
#include "set_up/metadata_options.hpp"
#include <ancillary/recvmsg/detail/wakeable.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/ip/udp.hpp>
#include <asio/post.hpp>
#include <utility>

namespace ancillary::detail {

namespace {

class linux_driver final : public driver {
public:
  explicit linux_driver(asio::ip::udp::socket& socket) : socket_(socket), reactor_wait_(socket) {}

  layout_id layout() const noexcept override { return layouts::native::id; }

  bool arm(const std::shared_ptr<wakeable>& loop, window&) override {
    if (more_waits_) {
      // The turn only yields to others: datagrams are known to be pending, so no wait is needed.
      go_on_later(wake{loop, *this});
    } else if (reactor_wait_.possible()) {
      reactor_wait_.start(loop, std::exchange(emptied_, false));
    } else {
      socket_.async_wait(asio::socket_base::wait_read, wake{loop, *this});
    }
    return true;
  }

  receive_result receive(window& slots) noexcept override {
    const receive_result result = receive_now(socket_.native_handle(), slots, errors_);
    emptied_ = result.exhausted;
    more_waits_ = result.count != 0 && !result.exhausted;
    return result;
  }

  receive_error next_error() noexcept override { return errors_.take(socket_.native_handle()); }

  bool stop_coalescing() noexcept override {
    return switch_off_coalescing(socket_.native_handle());
  }

  void cancel() noexcept override {
    cancel_.emit(asio::cancellation_type::all);
    if (reactor_wait_.possible()) {
      reactor_wait_.cancel();
    }
  }

  abandoned_slot abandon() noexcept override { return {}; }

private:
  // The reason of the wake-up does not matter: the next receive reports it.
  struct wake {
    std::shared_ptr<wakeable> loop;
    linux_driver& self;

    using allocator_type = handler_allocator<void>;
    using cancellation_slot_type = asio::cancellation_slot;
    allocator_type get_allocator() const noexcept { return allocator_type(self.memory_); }
    cancellation_slot_type get_cancellation_slot() const noexcept { return self.cancel_.slot(); }

    void operator()(const std::error_code&) const { loop->on_wake(); }
    void operator()() const { loop->on_wake(); }
  };

  // any_io_executor wraps handlers and then ignores their allocator.
  void go_on_later(wake next) {
    const asio::any_io_executor executor = socket_.get_executor();
    if (const auto* const context = plain_executor(executor)) {
      asio::post(*context, std::move(next));
    } else {
      asio::post(executor, std::move(next));
    }
  }

  asio::ip::udp::socket& socket_;
  handler_memory memory_;
  asio::cancellation_signal cancel_;
  reactor_wait reactor_wait_;
  error_queue errors_;
  bool emptied_ = false;    // the last call emptied the socket, and no wait was armed since
  bool more_waits_ = false; // the last call filled all its slots
};

} // namespace

std::size_t pending_slots() noexcept { return 0; }

std::unique_ptr<driver> make_driver(asio::ip::udp::socket& socket, const receive_options&,
                                    std::error_code& error) {
  error.clear();
  return std::make_unique<linux_driver>(socket);
}

} // namespace ancillary::detail
