#include "slots/window.hpp"
#include <ancillary/recvmsg/slot_pool.hpp>

#include <algorithm>
#include <atomic>
#include <gsl/assert>
#include <memory>
#include <span>

namespace ancillary {

namespace {

constexpr std::size_t alignment_bytes = 64; // a cache line, so that slots do not share one

constexpr std::size_t aligned(std::size_t bytes) noexcept {
  return (bytes + alignment_bytes - 1) / alignment_bytes * alignment_bytes;
}

} // namespace

slot_pool::slot_pool(const slot_pool_options& options)
    : options_(options), slot_count_(options.batch + options.retainable + options.receivers) {
  Expects(options.batch > 0);
  Expects(options.payload_capacity > 0 && options.payload_capacity <= 65535);
  Expects(options.control_capacity > 0 && options.control_capacity <= 65535);

  const std::size_t control_bytes = aligned(options.control_capacity);
  const std::size_t payload_bytes = aligned(options.payload_capacity);
  const std::size_t storage_bytes = slot_count_ * (control_bytes + payload_bytes) + alignment_bytes;
  // Not initialized: only bytes that the system wrote are read.
  storage_ = std::make_unique_for_overwrite<std::byte[]>(storage_bytes);
  slots_ = std::make_unique<detail::slot[]>(slot_count_);
  memory_bytes_ = storage_bytes + slot_count_ * sizeof(detail::slot);

  void* begin = storage_.get();
  std::size_t space = storage_bytes;
  auto* next = static_cast<std::byte*>(std::align(alignment_bytes, 1, begin, space));
  // All control buffers first and adjacent: they are small and read for every datagram.
  for (std::size_t i = 0; i < slot_count_; ++i, next += control_bytes) {
    slots_[i].control = next;
    slots_[i].pool = this;
  }
  for (std::size_t i = 0; i < slot_count_; ++i, next += payload_bytes) {
    slots_[i].payload = next;
  }
  window_ = std::make_unique<detail::window>(std::span(slots_.get(), slot_count_), options.batch,
                                             options.control_capacity, options.payload_capacity);
}

slot_pool::~slot_pool() = default;

std::size_t slot_pool::held_count() const noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(std::span(slots_.get(), slot_count_), [](const detail::slot& each) {
        return each.holders.load(std::memory_order_relaxed) != 0;
      }));
}

std::shared_ptr<slot_pool> slot_pool::make(const slot_pool_options& options) {
  return std::make_shared<slot_pool>(options);
}

} // namespace ancillary
