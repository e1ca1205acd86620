#include "coalescing/coalescing_watch.hpp"
#include "platform/driver.hpp"
#include "platform/receive_queue.hpp"
#include "receive/loop_statistics.hpp"
#include "set_up/set_up_log.hpp"
#include "slots/window.hpp"
#include <ancillary/decoders/metadata_view.hpp>
#include <ancillary/recvmsg/detail/receive_core.hpp>

#include <algorithm>
#include <gsl/util>
#include <memory>
#include <new>
#include <utility>

namespace ancillary::detail {

namespace {

constexpr std::size_t default_slots_of_a_turn = 256;
constexpr std::size_t default_payload_capacity = 2048;
constexpr std::size_t coalesced_payload_capacity = 65535;

// Options enabled before the socket was adopted add control messages that were not requested; spare
// room for a few of them keeps them from displacing the requested ones.
constexpr std::size_t spare_control_bytes = 128;

} // namespace

receive_core::receive_core() = default;
receive_core::~receive_core() = default;

void receive_core::expect(field_set granted, layout_id layout, const receive_options& options) {
  account_.expect(granted, layout);
  if (options.guard.watches() && granted.contains(field::segment_bytes)) {
    watch_ = std::make_unique<coalescing_watch>(options.guard);
  }
  if (options.statistics) {
    statistics_ = std::make_unique<loop_statistics>();
  }
}

std::optional<receive_statistics> receive_core::statistics() const noexcept {
  return statistics_ ? std::optional(statistics_->now()) : std::nullopt;
}

receive_occupancy
receive_core::occupancy_with(asio::ip::udp::socket::native_handle_type socket) const noexcept {
  receive_occupancy now{.queue = receive_queue_of(socket)};
  if (pool_) { // set up
    now.slots = pool_->slot_count();
    now.held_slots = pool_->held_count();
  }
  return now;
}

void receive_core::measure_turn(bool begins) noexcept {
  if (begins) {
    statistics_->begin_turn();
  } else {
    statistics_->end_turn();
  }
}

void receive_core::use_pool(const receive_options& options) {
  if (options.pool) {
    take_pool(options.pool, options);
    return;
  }
  const bool coalesced = report_.granted().contains(field::segment_bytes);
  slot_pool_options pool;
  pool.batch = options.batch != 0 ? options.batch
               : coalesced        ? receive_options::default_coalesced_batch
                                  : receive_options::default_batch;
  pool.payload_capacity = options.payload_capacity != 0 ? options.payload_capacity
                          : coalesced                   ? coalesced_payload_capacity
                                                        : default_payload_capacity;
  pool.control_capacity = control_bytes_for(report_.granted()) + spare_control_bytes;
  pool.retainable = options.retainable;
  pool.receivers = pending_slots();
  take_pool(slot_pool::make(pool), options);
  log_pool(options, *pool_);
}

void receive_core::take_pool(std::shared_ptr<slot_pool> pool, const receive_options& options) {
  pool_ = std::move(pool);
  const std::size_t usual = std::max<std::size_t>(default_slots_of_a_turn / pool_->batch(), 1);
  budget_batches_ = options.budget_batches != 0 ? options.budget_batches : usual;
  turn_time_ = options.turn_time;
}

reply_queue_options receive_core::reply_options_of(const receive_options& options) const noexcept {
  return {options.on_full_send_buffer, options.segment_replies, options.segment_offload,
          pool_->batch(), pool_->batch() * pool_->payload_capacity()};
}

bool receive_core::acquire_window(const void* who) noexcept {
  if (!holds_window_) {
    holds_window_ = pool_->window().try_acquire(who, &replies_);
  }
  return holds_window_;
}

void receive_core::release_window() noexcept {
  if (std::exchange(holds_window_, false)) {
    pool_->window().release();
  }
}

bool receive_core::refill_window() {
  if (!pool_->window().refill()) {
    note_pause();
    return false;
  }
  if (paused_) [[unlikely]] {
    paused_ = false;
    if (pause_handler && !stopped()) {
      pause_handler(false);
    }
  }
  return true;
}

void receive_core::note_pause() {
  if (!stopped() && !std::exchange(paused_, true)) {
    account_.count_pause();
    if (pause_handler) {
      pause_handler(true);
    }
  }
}

receive_result receive_core::receive_batch(batch_source& source) {
  window& slots = pool_->window();
  const receive_result result = source.receive(slots);
  if (result.count != 0) {
    batch_count_ = result.count;
    account_.count_batch();
    account_.take({slots.data(), result.count});
    if (statistics_) [[unlikely]] {
      statistics_->note_batch(result.count, slots[0].metadata);
    }
    if (watch_) [[unlikely]] {
      find_unmarked(source);
    }
  }
  return result;
}

void receive_core::find_unmarked(batch_source& source) noexcept {
  const auto findings = watch_->inspect(pool_->window(), batch_count_, source);
  batch_count_ = findings.kept;
  account_.count_unmarked(findings.found, findings.dropped);
}

std::span<slot* const> receive_core::in_hand() const noexcept {
  if (!rest_.empty()) [[unlikely]] {
    return rest_;
  }
  return {pool_->window().data(), batch_count_};
}

void receive_core::hand_over(bool give_up_rest) {
  const auto batch = in_hand();
  {
    // Before the slots are returned: replies may point into them.
    const auto send = gsl::finally([this]() noexcept { replies_wait_ = !replies_.flush(); });
    deliver(batch, position_);
  }
  if (!keeps_batch_ && (position_.index == batch.size() || give_up_rest)) {
    recycle_batch();
  }
}

void receive_core::keep_rest() noexcept {
  if (!needs_window()) {
    return;
  }
  window& slots = pool_->window();
  const auto left = in_hand().subspan(position_.index);
  try {
    rest_.assign(left.begin(), left.end());
  } catch (const std::bad_alloc&) {
    return;
  }
  for (slot* const each : rest_) {
    slots.hold(*each);
  }
  position_.index = 0;
  slots.recycle(std::exchange(batch_count_, 0));
}

void receive_core::let_go_of_batch() noexcept {
  // Sends the replies to packets of an awaited batch, which were made after its delivery.
  replies_wait_ = !replies_.flush();
  recycle_batch();
}

void receive_core::recycle_batch() noexcept {
  if (!rest_.empty()) [[unlikely]] {
    discard_rest();
    for (slot* const each : rest_) {
      pool_->window().let_go(*each);
    }
    rest_.clear();
  } else if (position_.index < batch_count_) [[unlikely]] {
    discard_rest();
  }
  position_ = {};
  pool_->window().recycle(std::exchange(batch_count_, 0));
}

void receive_core::discard(slot& filled) noexcept {
  slot* const one[] = {&filled};
  const std::uint64_t before = account_.datagrams();
  account_.take(one);
  account_.count_discarded(account_.datagrams() - before);
}

void receive_core::discard_rest() noexcept {
  std::uint64_t datagrams = 0;
  for (slot* const each : in_hand().subspan(position_.index)) {
    datagrams += datagrams_in(*each, std::exchange(position_.offset_bytes, 0));
  }
  account_.count_discarded(datagrams);
}

} // namespace ancillary::detail
