#include "coalescing/coalescing_watch.hpp"
#include "platform/driver.hpp"
#include "slots/window.hpp"
#include <ancillary/decoders/metadata_view.hpp>
#include <ancillary/recvmsg/detail/receive_core.hpp>

#include <algorithm>
#include <gsl/util>
#include <memory>
#include <utility>

namespace ancillary::detail {

namespace {

constexpr std::size_t default_batch = 64;
constexpr std::size_t default_coalesced_batch = 8; // buffers of 64 KiB that stay in the cache
constexpr std::size_t default_slots_of_a_turn = 256;
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

receive_core::receive_core() = default;
receive_core::~receive_core() = default;

void receive_core::watch_coalescing(const receive_options& options, field_set granted) {
  if (options.guard.watches() && granted.contains(field::segment_bytes)) {
    watch_ = std::make_unique<coalescing_watch>(options.guard);
  }
}

void receive_core::expect(field_set granted, layout_id layout) noexcept {
  expected_ = granted & always_reported;
  expects_ecn_ = granted.contains(field::ecn);
  layout_ = layout;
}

metadata_request coalescing_limited(const receive_options& options) noexcept {
  metadata_request request = options.metadata;
  const std::size_t capacity =
      options.pool ? options.pool->payload_capacity() : options.payload_capacity;
  if (capacity != 0) {
    request.max_coalesced_bytes(
        std::min(request.max_coalesced_bytes(), static_cast<std::uint32_t>(capacity)));
  }
  return request;
}

void receive_core::use_pool(const receive_options& options) {
  if (options.pool) {
    take_pool(options.pool, options);
    return;
  }
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
  pool.receivers = pending_slots();
  take_pool(slot_pool::make(pool), options);
}

void receive_core::take_pool(std::shared_ptr<slot_pool> pool, const receive_options& options) {
  pool_ = std::move(pool);
  const std::size_t usual = std::max<std::size_t>(default_slots_of_a_turn / pool_->batch(), 1);
  budget_batches_ = options.budget_batches != 0 ? options.budget_batches : usual;
}

bool receive_core::acquire_window() noexcept {
  if (!holds_window_) {
    holds_window_ = pool_->window().try_acquire();
    if (holds_window_) {
      pool_->window().set_holder(&replies_);
    }
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
    if (pause_handler) {
      pause_handler(false);
    }
  }
  return true;
}

void receive_core::note_pause() {
  if (!std::exchange(paused_, true)) {
    count_.pauses.add(1);
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
    count_.batches.add(1);
    account({slots.data(), result.count});
    if (watch_) [[unlikely]] {
      find_unmarked(source);
    }
  }
  return result;
}

void receive_core::find_unmarked(batch_source& source) noexcept {
  const auto findings = watch_->inspect(pool_->window(), batch_count_, source);
  batch_count_ = findings.kept;
  count_.unmarked_coalesced.add(findings.found);
  count_.unmarked_dropped.add(findings.dropped);
}

void receive_core::hand_over(bool give_up_rest) {
  {
    // Before the slots go back: replies may point into them.
    const auto send = gsl::finally([this]() noexcept { replies_wait_ = !replies_.flush(); });
    deliver({pool_->window().data(), batch_count_}, position_);
  }
  if (!keeps_batch_ && (position_.index == batch_count_ || give_up_rest)) {
    let_go_of_batch();
  }
}

void receive_core::let_go_of_batch() noexcept {
  // Those to packets that were kept beyond their hand-over, by an awaited batch.
  replies_wait_ = !replies_.flush();
  discard_rest();
  position_ = {};
  pool_->window().recycle(std::exchange(batch_count_, 0));
}

void receive_core::discard(slot& filled) noexcept {
  slot* const one[] = {&filled};
  const std::uint64_t before = count_.datagrams.value();
  account(one);
  count_.discarded_on_stop.add(count_.datagrams.value() - before);
}

void receive_core::account(std::span<slot* const> batch) noexcept {
  std::uint64_t bytes = 0;
  std::uint64_t datagrams = batch.size();
  for (slot* const each : batch) {
    const std::span<const std::byte> control = each->control_span();
    bool ordinary = expected_is_ordinary_;
    if (expected_headers_.matches(control)) [[likely]] {
      each->metadata = expected_headers_.view(control);
    } else {
      ordinary = decode(*each);
    }
    each->segment_bytes = 0;
    bytes += each->payload_bytes;
    if (!ordinary || each->flags != 0) [[unlikely]] {
      datagrams += examine(*each) - 1;
    }
  }
  count_.datagrams.add(datagrams);
  count_.bytes.add(bytes);
}

bool receive_core::decode(slot& each) noexcept {
  if (layout_ != layouts::native::id) {
    std::construct_at(&each.metadata, layout_, each.control_span());
    return is_ordinary(each.metadata);
  }
  std::construct_at(&each.metadata, layouts::native{}, each.control_span());
  const bool ordinary = is_ordinary(each.metadata);
  if (expected_headers_.consider(each.metadata))
    expected_is_ordinary_ = ordinary;
  return ordinary;
}

bool receive_core::is_ordinary(const metadata_view& metadata) const noexcept {
  const field_set reported = metadata.reported();
  return !metadata.error() && metadata.duplicate_count() == 0 && is_complete(reported) &&
         (reported & of_interest_to_the_loop).empty();
}

bool receive_core::is_complete(field_set reported) const noexcept {
  // ECN comes in a message of its own or as part of the traffic class.
  return reported.contains(expected_) && (!expects_ecn_ || reported.contains(field::ecn) ||
                                          reported.contains(field::traffic_class));
}

std::size_t receive_core::examine(slot& each) noexcept {
  const metadata_view& metadata = each.metadata;
  if ((each.flags & slot_flag::payload_truncated) != 0) {
    count_.payload_truncated.add(1);
  }
  if ((each.flags & slot_flag::control_truncated) != 0) {
    count_.control_truncated.add(1);
  }
  if (!is_complete(metadata.reported())) {
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

void receive_core::discard_rest() noexcept {
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

receive_counters receive_core::counters() const noexcept {
  receive_counters now;
  now.datagrams = count_.datagrams.value();
  now.bytes = count_.bytes.value();
  now.batches = count_.batches.value();
  now.coalesced_buffers = count_.coalesced_buffers.value();
  now.unmarked_coalesced = count_.unmarked_coalesced.value();
  now.unmarked_dropped = count_.unmarked_dropped.value();
  now.payload_truncated = count_.payload_truncated.value();
  now.control_truncated = count_.control_truncated.value();
  now.control_malformed = count_.control_malformed.value();
  now.metadata_missing = count_.metadata_missing.value();
  now.metadata_duplicate = count_.metadata_duplicate.value();
  now.filtered = count_.filtered.value();
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
