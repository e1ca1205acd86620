#include "platform/driver.hpp"
#include "window.hpp"
#include <ancillary/decoders/metadata_view.hpp>
#include <ancillary/recvmsg/detail/receive_loop.hpp>

#include <algorithm>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <chrono>
#include <gsl/assert>
#include <memory>
#include <utility>

namespace ancillary::detail {

namespace {

// After a lack of resources there is no event to wait for; a pause this long keeps the loop from
// spinning and is short beside what it takes the system to recover.
constexpr std::chrono::milliseconds retry_pause{10};

// An unknown error that comes again and again without a datagram in between will not go away.
constexpr unsigned unknown_failures_tolerated = 16;

constexpr std::size_t default_batch = 64;
constexpr std::size_t default_coalesced_batch = 16;
constexpr std::size_t default_payload_capacity = 2048;
constexpr std::size_t coalesced_payload_capacity = 65535;

// Options that were switched on before the socket was adopted bring messages that were not asked
// for here; room for a few keeps them from pushing out those that were.
constexpr std::size_t spare_control_bytes = 128;

// Fields that come with every datagram once granted. A coalesced size comes with coalesced buffers
// only, a drop count after the first drop only, the others after a redirection only.
constexpr field_set always_reported{field::destination,       field::interface_index,
                                    field::receive_interface, field::original_arrival_interface,
                                    field::hop_limit,         field::traffic_class,
                                    field::timestamp};

// Fields that change what the loop does or counts.
constexpr field_set of_interest_to_the_loop{field::segment_bytes, field::dropped_total};

} // namespace

receive_loop::receive_loop(asio::ip::udp::socket socket, const receive_options& options,
                           std::error_code& error)
    : socket_(std::move(socket)),
      budget_batches_(options.budget_batches),
      retry_(socket_.get_executor()) {
  Expects(options.budget_batches > 0);
  set_up(options, error);
}

receive_loop::receive_loop(asio::ip::udp::socket socket, std::unique_ptr<driver> source,
                           std::shared_ptr<slot_pool> pool, field_set granted,
                           const receive_options& options)
    : socket_(std::move(socket)),
      pool_(std::move(pool)),
      driver_(std::move(source)),
      layout_(driver_->layout()),
      expected_(granted & always_reported),
      budget_batches_(options.budget_batches),
      retry_(socket_.get_executor()) {}

receive_loop::~receive_loop() { finish(); }

void receive_loop::set_up(const receive_options& options, std::error_code& error) {
  metadata_request request = options.metadata;
  if (options.payload_capacity != 0) {
    request.max_coalesced_bytes(static_cast<std::uint32_t>(options.payload_capacity));
  }
  report_ = request_metadata(socket_, request, error);
  if (error) {
    return;
  }
  expected_ = report_.granted() & always_reported;

  pool_ = options.pool;
  if (!pool_) {
    const bool coalesced = report_.granted().contains(field::segment_bytes);
    slot_pool_options pool;
    pool.batch = options.batch != 0 ? options.batch
                 : coalesced        ? default_coalesced_batch
                                    : default_batch;
    pool.payload_capacity = options.payload_capacity != 0 ? options.payload_capacity
                            : coalesced                   ? coalesced_payload_capacity
                                                          : default_payload_capacity;
    pool.control_capacity = control_bytes_for(report_.granted()) + spare_control_bytes;
    pool.retainable = options.retainable;
    pool_ = slot_pool::make(pool);
  }
  driver_ = make_driver(socket_, options, error);
  if (!error) {
    layout_ = driver_->layout();
  }
}

void receive_loop::start() {
  Expects(driver_ != nullptr);
  Expects(stopped());
  stopped_.store(false);
  failures_in_a_row_ = 0;
  const loop_state before = state_.load();
  if (before == loop_state::idle || before == loop_state::waiting) {
    state_.store(loop_state::running);
    begin_turn(false);
  }
  // Else an event of the time before stop() is still to come, and goes on from there.
}

void receive_loop::stop() noexcept {
  if (stopped_.exchange(true)) {
    return;
  }
  {
    const std::lock_guard lock(arming_);
    driver_->cancel();
    retry_.cancel();
  }
  // A loop that waits for the pool has nothing pending that would end it.
  loop_state waiting = loop_state::waiting;
  if (state_.compare_exchange_strong(waiting, loop_state::running)) {
    finish();
  }
}

void receive_loop::close() noexcept {
  stop();
  std::error_code ignored;
  socket_.close(ignored);
}

void receive_loop::on_wake() {
  state_.store(loop_state::running, std::memory_order_relaxed);
  count_.wakeups.add(1);
  begin_turn(true);
}

void receive_loop::resume() {
  for (loop_state from : {loop_state::waiting, loop_state::suspended}) {
    if (state_.compare_exchange_strong(from, loop_state::running)) {
      begin_turn(true);
      return;
    }
  }
}

void receive_loop::begin_turn(bool receive) {
  if (stopped()) {
    finish();
    return;
  }
  window& slots = pool_->window();
  if (!holds_window_) {
    if (!slots.try_acquire()) {
      state_.store(loop_state::waiting);
      slots.wait_for_window(shared_from_this());
      return;
    }
    holds_window_ = true;
  }
  next_step next = next_step::arm;
  if (receive) {
    try {
      next = receive_batches();
    } catch (...) {
      // The caller of run() gets the exception; the rest of the batch follows in the next run.
      state_.store(loop_state::suspended);
      asio::post(executor(), [self = shared_from_this()] { self->resume(); });
      throw;
    }
  }
  end_turn(next);
}

receive_loop::next_step receive_loop::receive_batches() {
  window& slots = pool_->window();
  if (batch_count_ != 0) {
    hand_over(); // what an exception left behind
  }
  for (std::size_t budget = budget_batches_; budget != 0 && !stopped(); --budget) {
    if (!slots.refill()) {
      return next_step::wait_for_slot;
    }
    const receive_result result = driver_->receive(slots);
    if (result.count != 0) {
      failures_in_a_row_ = 0;
      batch_count_ = result.count;
      count_.batches.add(1);
      account({slots.data(), result.count});
      hand_over();
    }
    if (result.error.condition != receive_condition::none) [[unlikely]] {
      const next_step next = handle(result.error);
      if (next != next_step::arm) {
        return next;
      }
    } else if (result.exhausted) {
      break;
    }
  }
  return next_step::arm;
}

void receive_loop::hand_over() {
  window& slots = pool_->window();
  deliver({slots.data(), batch_count_}, position_);
  if (position_.index < batch_count_) {
    discard_rest();
  }
  position_ = {};
  slots.recycle(std::exchange(batch_count_, 0));
}

void receive_loop::account(std::span<slot* const> batch) noexcept {
  std::uint64_t bytes = 0;
  std::uint64_t datagrams = batch.size();
  for (slot* const each : batch) {
    if (layout_ == layouts::native::id) [[likely]] {
      std::construct_at(&each->metadata, layouts::native{}, each->control_span());
    } else {
      std::construct_at(&each->metadata, layout_, each->control_span());
    }
    each->segment_bytes = 0;
    bytes += each->payload_bytes;
    const field_set present = each->metadata.present();
    if (each->flags != 0 || each->metadata.error() || each->metadata.duplicate_count() != 0 ||
        !present.contains(expected_) || !(present & of_interest_to_the_loop).empty()) [[unlikely]] {
      datagrams += examine(*each) - 1;
    }
  }
  count_.datagrams.add(datagrams);
  count_.bytes.add(bytes);
}

std::size_t receive_loop::examine(slot& each) noexcept {
  const metadata_view& metadata = each.metadata;
  if ((each.flags & slot_flag::payload_truncated) != 0) {
    count_.payload_truncated.add(1);
  }
  if ((each.flags & slot_flag::control_truncated) != 0) {
    count_.control_truncated.add(1);
  }
  if (!metadata.present().contains(expected_)) {
    count_.metadata_missing.add(1);
  }
  if (const auto total = metadata.dropped_total()) {
    count_.kernel_drops.set(*total);
  }
  count_.metadata_duplicate.add(metadata.duplicate_count());

  std::size_t datagrams = 1;
  if (const auto segment = metadata.segment_bytes()) {
    const bool whole = (each.flags & slot_flag::payload_truncated) == 0;
    if (*segment == 0 || (whole && *segment > each.payload_bytes)) {
      each.flags |= slot_flag::control_malformed;
    } else if (*segment < each.payload_bytes) {
      each.segment_bytes = *segment;
      datagrams = (each.payload_bytes + *segment - 1) / *segment;
      count_.coalesced_buffers.add(1);
    }
  }
  if (metadata.error()) {
    each.flags |= slot_flag::control_malformed;
  }
  if ((each.flags & slot_flag::control_malformed) != 0) {
    count_.control_malformed.add(1);
  }
  return datagrams;
}

receive_loop::next_step receive_loop::handle(receive_error error) {
  count_.errors[static_cast<std::size_t>(error.condition)].add(1);
  next_step next = next_step::arm;
  switch (error.condition) {
  case receive_condition::interrupted:
    // The caller may cancel operations of its own on the socket, and ours with them. We go on.
    return next;
  case receive_condition::socket_closed:
    error.fatal = true;
    break;
  case receive_condition::out_of_resources:
  case receive_condition::network_down:
    next = next_step::back_off;
    break;
  case receive_condition::other:
    error.fatal = ++failures_in_a_row_ > unknown_failures_tolerated;
    next = next_step::back_off;
    break;
  default:
    break;
  }
  if (error.fatal) {
    stopped_.store(true);
    next = next_step::end;
  }
  if (error_handler) {
    error_handler(error);
  }
  return stopped() ? next_step::end : next;
}

void receive_loop::end_turn(next_step next) {
  window& slots = pool_->window();
  if (next == next_step::arm || next == next_step::back_off) {
    const std::lock_guard lock(arming_);
    // From the moment that it is armed, another thread of the executor may run the next turn.
    if (stopped()) {
      next = next_step::end;
    } else {
      holds_window_ = false;
      if (next == next_step::back_off) {
        state_.store(loop_state::armed);
        retry_.expires_after(retry_pause);
        retry_.async_wait([self = shared_from_this()](const std::error_code&) { self->on_wake(); });
      } else {
        state_.store(loop_state::armed);
        if (!driver_->arm(shared_from_this(), slots)) {
          state_.store(loop_state::running);
          next = next_step::wait_for_slot;
        }
      }
    }
  }
  switch (next) {
  case next_step::arm:
  case next_step::back_off:
    slots.release();
    break;
  case next_step::wait_for_slot:
    count_.pauses.add(1);
    holds_window_ = false;
    slots.release();
    state_.store(loop_state::waiting);
    slots.wait_for_slot(shared_from_this());
    break;
  case next_step::end:
    finish();
    break;
  }
}

void receive_loop::discard_rest() noexcept {
  const window& slots = pool_->window();
  std::uint64_t datagrams = 0;
  for (; position_.index < batch_count_; ++position_.index, position_.offset_bytes = 0) {
    const slot& each = *slots.data()[position_.index];
    datagrams += each.segment_bytes == 0
                     ? 1
                     : (each.payload_bytes - position_.offset_bytes + each.segment_bytes - 1) /
                           each.segment_bytes;
  }
  count_.discarded_on_stop.add(datagrams);
}

void receive_loop::finish() noexcept {
  state_.store(loop_state::idle);
  if (!driver_) {
    return;
  }
  window& slots = pool_->window();
  if (batch_count_ != 0) {
    discard_rest();
    position_ = {};
    slots.recycle(std::exchange(batch_count_, 0));
  }
  const abandoned_slot last = driver_->abandon();
  if (last.filled) {
    slot* const one[] = {last.held};
    const std::uint64_t before = count_.datagrams.value();
    account(one);
    count_.discarded_on_stop.add(count_.datagrams.value() - before);
  }
  if (last.held != nullptr) {
    slots.give_back(last.held);
  }
  if (std::exchange(holds_window_, false)) {
    slots.release();
  }
}

receive_counters receive_loop::counters() const noexcept {
  receive_counters now;
  now.datagrams = count_.datagrams.value();
  now.bytes = count_.bytes.value();
  now.batches = count_.batches.value();
  now.coalesced_buffers = count_.coalesced_buffers.value();
  now.payload_truncated = count_.payload_truncated.value();
  now.control_truncated = count_.control_truncated.value();
  now.control_malformed = count_.control_malformed.value();
  now.metadata_missing = count_.metadata_missing.value();
  now.metadata_duplicate = count_.metadata_duplicate.value();
  now.discarded_on_stop = count_.discarded_on_stop.value();
  now.kernel_drops = count_.kernel_drops.value();
  now.pauses = count_.pauses.value();
  now.wakeups = count_.wakeups.value();
  for (std::size_t i = 0; i < now.errors.size(); ++i) {
    now.errors[i] = count_.errors[i].value();
  }
  return now;
}

} // namespace ancillary::detail
