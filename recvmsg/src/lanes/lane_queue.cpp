#include "lanes/lane_queue.hpp"

#include "slots/window.hpp"
#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/detail/batch_account.hpp>
#include <ancillary/recvmsg/detail/slot.hpp>
#include <ancillary/recvmsg/detail/wakeable.hpp>

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

namespace ancillary::detail {

namespace {

// The lane's loop decodes the control messages itself.
constexpr auto flags_of_the_system = static_cast<std::uint8_t>(~slot_flag::control_malformed);

void copy(const slot& from, slot& to) noexcept {
  to.remote = from.remote;
  to.payload_bytes = from.payload_bytes;
  to.control_bytes = from.control_bytes;
  to.original_bytes = from.original_bytes;
  to.flags = static_cast<std::uint8_t>(from.flags & flags_of_the_system);
  std::memcpy(to.payload, from.payload, from.payload_bytes);
  std::memcpy(to.control, from.control, from.control_bytes);
}

} // namespace

struct lane_queue::completion {
  std::shared_ptr<wakeable> loop;
  lane_queue& self;

  using allocator_type = handler_allocator<void>;
  allocator_type get_allocator() const noexcept { return allocator_type(self.memory_); }

  void operator()(const std::error_code&) const { loop->on_wake(); }
};

lane_queue::lane_queue(std::size_t capacity, const asio::any_io_executor& executor)
    : ring_(capacity, nullptr), wait_(executor, asio::steady_timer::time_point::max()) {}

void lane_queue::count(relaxed_counter& reason, const slot& lost) noexcept {
  reason.add(datagrams_in(lost, 0));
  bytes_.add(lost.payload_bytes);
}

void lane_queue::push(std::shared_ptr<slot_pool>& pool, slot& filled) noexcept {
  const std::lock_guard lock(mutex_);
  if (closed_) {
    count(discarded_, filled);
    return;
  }
  if (size_ == ring_.size()) {
    count(full_, filled);
    return;
  }
  if (!pool_) {
    pool_ = pool;
  }
  pool_->window().hold(filled);
  ring_[(first_ + size_++) % ring_.size()] = &filled;
  wake();
}

void lane_queue::wake() noexcept {
  if (std::exchange(waits_, false)) {
    wait_.cancel();
  }
}

std::size_t lane_queue::take(std::span<slot*> into, std::size_t& left) noexcept {
  const std::lock_guard lock(mutex_);
  const std::size_t count = std::min(into.size(), size_);
  for (slot*& each : into.first(count)) {
    each = ring_[first_];
    first_ = (first_ + 1) % ring_.size();
  }
  left = size_ -= count;
  return count;
}

void lane_queue::let_go(std::span<slot* const> taken) noexcept {
  for (slot* const each : taken) {
    each->pool->window().let_go(*each);
  }
}

void lane_queue::wait(const std::shared_ptr<wakeable>& loop) {
  const std::lock_guard lock(mutex_);
  wait_.async_wait(completion{loop, *this});
  waits_ = true;
  if (size_ != 0) {
    wake();
  }
}

void lane_queue::end_wait() noexcept {
  const std::lock_guard lock(mutex_);
  wake();
}

void lane_queue::close() noexcept {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (; size_ != 0; --size_) {
    slot* const each = ring_[first_];
    first_ = (first_ + 1) % ring_.size();
    count(discarded_, *each);
    each->pool->window().let_go(*each);
  }
}

void lane_queue::add_to(receive_counters& counters) const noexcept {
  const std::uint64_t full = full_.value();
  const std::uint64_t discarded = discarded_.value();
  counters.datagrams += full + discarded;
  counters.bytes += bytes_.value();
  counters.lane_queue_full += full;
  counters.discarded_on_stop += discarded;
}

lane_driver::lane_driver(std::unique_ptr<driver> socket_driver, std::shared_ptr<lane_queue> queue,
                         std::size_t batch)
    : socket_driver_(std::move(socket_driver)), queue_(std::move(queue)), taken_(batch, nullptr) {}

receive_result lane_driver::receive(window& slots) noexcept {
  receive_result result;
  std::size_t left = 0;
  const std::span<slot*> taken(taken_.data(), std::min(taken_.size(), slots.size()));
  result.count = queue_->take(taken, left);
  result.exhausted = left == 0;
  for (std::size_t i = 0; i < result.count; ++i) {
    copy(*taken[i], slots[i]);
  }
  queue_->let_go(taken.first(result.count));
  return result;
}

bool lane_driver::arm(const std::shared_ptr<wakeable>& loop, window&) {
  queue_->wait(loop);
  return true;
}

abandoned_slot lane_driver::abandon() noexcept {
  queue_->close();
  return {};
}

} // namespace ancillary::detail
