#include <ancillary/decoders/metadata_view.hpp>
#include <ancillary/recvmsg/detail/batch_account.hpp>

#include <memory>

namespace ancillary::detail {

namespace {

// Fields that every datagram reports once granted. Of the others, the segment size is reported only
// with coalesced buffers, a drop count only after the first drop, a hardware timestamp only by
// interfaces that are set to it, the rest only after a redirection. reported() holds ECN where the
// traffic class came too.
constexpr field_set always_reported{field::destination,
                                    field::interface_index,
                                    field::receive_interface,
                                    field::original_arrival_interface,
                                    field::hop_limit,
                                    field::traffic_class,
                                    field::ecn,
                                    field::timestamp};

// Fields that affect the loop or its counters.
constexpr field_set of_interest_to_the_loop{field::segment_bytes, field::dropped_total};

} // namespace

void batch_account::expect(field_set granted, layout_id layout) noexcept {
  expected_ = granted & always_reported;
  if (is_windows(layout)) {
    // A timestamp is reported only if available, which depends on the adapter ("Winsock
    // timestamping").
    expected_.erase(field::timestamp);
  }
  layout_ = layout;
}

void batch_account::take(std::span<slot* const> batch) noexcept {
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

bool batch_account::decode(slot& each) noexcept {
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

bool batch_account::is_ordinary(const metadata_view& metadata) const noexcept {
  const field_set reported = metadata.reported();
  return !metadata.error() && metadata.duplicate_count() == 0 && reported.contains(expected_) &&
         (reported & of_interest_to_the_loop).empty();
}

std::size_t batch_account::examine(slot& each) noexcept {
  const metadata_view& metadata = each.metadata;
  if ((each.flags & slot_flag::payload_truncated) != 0) {
    count_.payload_truncated.add(1);
  }
  if ((each.flags & slot_flag::control_truncated) != 0) {
    count_.control_truncated.add(1);
  }
  if (!metadata.reported().contains(expected_)) {
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

void batch_account::count_pool_wait(std::chrono::nanoseconds waited) noexcept {
  const auto waited_ns = static_cast<std::uint64_t>(waited.count());
  count_.pool_waits.add(1);
  if (waited_ns > count_.longest_pool_wait_ns.value()) {
    count_.longest_pool_wait_ns.set(waited_ns);
  }
}

receive_counters batch_account::counters() const noexcept {
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
  now.pool_waits = count_.pool_waits.value();
  now.longest_pool_wait = std::chrono::nanoseconds(count_.longest_pool_wait_ns.value());
  for (std::size_t i = 0; i < now.errors.size(); ++i) {
    now.errors[i] = count_.errors[i].value();
  }
  return now;
}

std::uint64_t datagrams_in(const slot& from, std::size_t offset_bytes) noexcept {
  return from.segment_bytes == 0
             ? 1
             : (from.payload_bytes - offset_bytes + from.segment_bytes - 1) / from.segment_bytes;
}

} // namespace ancillary::detail
