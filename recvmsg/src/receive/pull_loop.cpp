#include <ancillary/recvmsg/detail/delivery.hpp>
#include <ancillary/recvmsg/detail/pull_loop.hpp>

#include <algorithm>
#include <asio/error.hpp>
#include <asio/execution/context.hpp>
#include <asio/execution_context.hpp>
#include <asio/query.hpp>
#include <gsl/assert>
#include <mutex>
#include <utility>

namespace ancillary::detail {

// A waiter may own, through a coroutine, the receiver whose loop owns the waiter. This service
// breaks that cycle when the context is destroyed, as Asio's services do for Asio's own operations.
class pull_service final : public asio::execution_context::service {
public:
  using key_type = pull_service;
  inline static asio::execution_context::id id;

  explicit pull_service(asio::execution_context& context)
      : asio::execution_context::service(context) {}

  void add(pull_loop& loop) {
    const std::lock_guard lock(mutex_);
    loops_.push_back(&loop);
  }

  void remove(pull_loop& loop) noexcept {
    const std::lock_guard lock(mutex_);
    std::erase(loops_, &loop);
  }

private:
  void shutdown() override {
    while (const auto loop = take_one()) {
      loop->abandon_wait();
    }
  }

  // Keeps the loop alive while its waiter, which may hold the last reference to it, is destroyed.
  std::shared_ptr<receive_loop> keep(pull_loop& loop) noexcept {
    return loop.weak_from_this().lock();
  }

  std::shared_ptr<pull_loop> take_one() {
    const std::lock_guard lock(mutex_);
    while (!loops_.empty()) {
      pull_loop* const loop = loops_.back();
      loops_.pop_back();
      if (auto kept = keep(*loop)) {
        return {std::move(kept), loop};
      }
    }
    return {};
  }

  std::mutex mutex_;
  std::vector<pull_loop*> loops_;
};

pull_loop::pull_loop(asio::ip::udp::socket socket, const receive_options& options,
                     std::error_code& error, asio_classes_here)
    : receive_loop(std::move(socket), options, error) {
  // A pool cannot be shared if its window is kept between two requests.
  Expects(options.pool == nullptr);
  receive_on_demand();
  storage_ = std::make_shared<batch_storage>();
  storage_->pool = pool_;
  error_handler = [this](const receive_error& what) {
    last_error_ = what;
    outcome_ = what.code;
    want_no_more();
  };
  service_ = &asio::use_service<pull_service>(
      asio::query(this->socket().get_executor(), asio::execution::context));
  service_->add(*this);
}

pull_loop::~pull_loop() {
  service_->remove(*this);
  abandon_wait();
}

void pull_loop::wait(batch_waiter& waiter, packet_batch& into) {
  Expects(waiter_ == nullptr);
  waiter_ = &waiter;
  into_ = &into;
  into.refer_to({}, nullptr);
  outcome_ = {};
  initiating_ = true;
  go_on();
  initiating_ = false;
}

void pull_loop::cancel_wait() noexcept {
  if (batch_waiter* const waiter = std::exchange(waiter_, nullptr)) {
    want_no_more();
    waiter->complete(asio::error::operation_aborted, batch_waiter::from::the_initiation);
  }
}

void pull_loop::abandon_wait() noexcept {
  if (batch_waiter* const waiter = std::exchange(waiter_, nullptr)) {
    waiter->abandon();
  }
}

void pull_loop::deliver(std::span<slot* const> batch, batch_position& position) {
  std::vector<packet>& packets = storage_->packets;
  packets.clear();
  packets.reserve(batch.size());
  for_each_datagram(
      batch, position, [] { return false; },
      [&](const slot& from, std::span<const std::byte> payload) {
        packets.emplace_back(from, payload);
      });
  into_->refer_to(packets, storage_);
  want_no_more();
}

void pull_loop::on_hold() {
  if (batch_waiter* const waiter = std::exchange(waiter_, nullptr)) {
    waiter->complete(outcome_, initiating_ ? batch_waiter::from::the_initiation
                                           : batch_waiter::from::a_wake_up);
  }
}

} // namespace ancillary::detail
