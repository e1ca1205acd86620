// An outstanding async_receive: the completion handler and its associations.
#pragma once

#include <ancillary/recvmsg/detail/pull_loop.hpp>
#include <ancillary/recvmsg/packet_batch.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/associated_allocator.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/dispatch.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/recycling_allocator.hpp>
#include <memory>
#include <system_error>
#include <type_traits>
#include <utility>

namespace ancillary::detail {

// Calls the handler with its argument; posting it uses the handler's allocator.
template <class Handler, class Allocator>
struct batch_completion {
  using allocator_type = Allocator;

  allocator_type get_allocator() const noexcept { return allocator; }
  void operator()() { std::move(handler)(error); }

  Handler handler;
  std::error_code error;
  Allocator allocator;
};

template <class Handler>
class batch_operation final : public batch_waiter {
  // A loop of co_await reuses the same memory.
  using memory = asio::recycling_allocator<void>;
  using allocator = asio::associated_allocator_t<Handler, memory>;
  using own_allocator =
      typename std::allocator_traits<allocator>::template rebind_alloc<batch_operation>;
  using executor = asio::associated_executor_t<Handler, asio::any_io_executor>;

public:
  static batch_operation& make(Handler&& handler, const asio::any_io_executor& fallback) {
    own_allocator from(asio::get_associated_allocator(handler, memory()));
    batch_operation* const place = std::allocator_traits<own_allocator>::allocate(from, 1);
    return *std::construct_at(place, std::move(handler), fallback);
  }

  batch_operation(Handler&& handler, const asio::any_io_executor& fallback)
      : handler_(std::move(handler)), work_(asio::get_associated_executor(handler_, fallback)) {}

  [[nodiscard]] auto cancellation_slot() const noexcept {
    return asio::get_associated_cancellation_slot(handler_);
  }

  void complete(std::error_code error, from where) override {
    if (auto slot = cancellation_slot(); slot.is_connected()) {
      slot.clear();
    }
    // Releases the memory first, so that the handler can start the next operation in it.
    const auto work = std::move(work_);
    const allocator of_handler = asio::get_associated_allocator(handler_, memory());
    batch_completion<Handler, allocator> completion{std::move(handler_), error, of_handler};
    abandon();
    if (where == from::a_wake_up) {
      asio::dispatch(work.get_executor(), std::move(completion));
    } else {
      asio::post(work.get_executor(), std::move(completion));
    }
  }

  void abandon() noexcept override {
    own_allocator to(asio::get_associated_allocator(handler_, memory()));
    std::destroy_at(this);
    std::allocator_traits<own_allocator>::deallocate(to, this, 1);
  }

private:
  Handler handler_;
  asio::executor_work_guard<executor> work_;
};

// The initiation that async_receive passes to asio::async_initiate.
struct initiate_batch_operation {
  std::shared_ptr<pull_loop> loop;

  template <class Handler>
  void operator()(Handler&& handler, packet_batch* batch) const {
    auto& operation = batch_operation<std::decay_t<Handler>>::make(
        std::decay_t<Handler>(std::forward<Handler>(handler)), loop->executor());
    if (auto slot = operation.cancellation_slot(); slot.is_connected()) {
      slot.assign([to_cancel = std::weak_ptr<receive_loop>(loop)](asio::cancellation_type) {
        if (const auto found = to_cancel.lock()) {
          static_cast<pull_loop&>(*found).cancel_wait();
        }
      });
    }
    loop->wait(operation, *batch);
  }
};

} // namespace ancillary::detail
