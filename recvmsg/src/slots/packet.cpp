#include "slots/window.hpp"
#include <ancillary/recvmsg/packet.hpp>
#include <ancillary/recvmsg/slot_pool.hpp>

#include <algorithm>
#include <gsl/assert>
#include <utility>

namespace ancillary {

namespace {

constexpr ip_address limited_broadcast = ip_address::v4({255, 255, 255, 255});

} // namespace

std::optional<std::size_t> packet::original_bytes() const noexcept {
  if (!payload_truncated()) {
    return payload_.size();
  }
  if (slot_->original_bytes == 0) {
    return std::nullopt;
  }
  const auto offset_bytes = static_cast<std::size_t>(payload_.data() - slot_->payload);
  const std::size_t rest_bytes = slot_->original_bytes - offset_bytes;
  const auto segment_bytes = metadata().segment_bytes();
  return segment_bytes && *segment_bytes != 0 ? std::min<std::size_t>(*segment_bytes, rest_bytes)
                                              : rest_bytes;
}

bool packet::multicast() const noexcept {
  if (has(detail::slot_flag::multicast)) {
    return true;
  }
  const auto destination = metadata().destination();
  return destination && destination->is_multicast();
}

bool packet::broadcast() const noexcept {
  if (has(detail::slot_flag::broadcast)) {
    return true;
  }
  const auto destination = metadata().destination();
  if (!destination || !destination->is_v4() || destination->is_multicast()) {
    return false;
  }
  // Linux reports in in_pktinfo its local address for the destination: equal to the destination for
  // unicast, different for broadcast (ip(7), ipi_spec_dst).
  const auto local = metadata().local_address();
  return *destination == limited_broadcast || (local && *local != *destination);
}

void packet::reply(std::span<const std::byte> payload, const reply_options& options) const {
  detail::reply_sink* const replies = slot_->pool->window().replies();
  Expects(replies != nullptr);
  replies->add(*this, payload, options);
}

retained_packet packet::retain() const {
  detail::slot& held = const_cast<detail::slot&>(*slot_); // the pool's slots are not const
  std::shared_ptr<slot_pool> pool = held.pool->shared_from_this();
  pool->window().hold(held);
  return retained_packet(*this, std::move(pool));
}

retained_packet::retained_packet(const packet& base, std::shared_ptr<slot_pool> pool) noexcept
    : packet(base), pool_(std::move(pool)) {}

retained_packet::retained_packet(const retained_packet& other) noexcept
    : packet(other), pool_(other.pool_) {
  if (pool_) {
    const_cast<detail::slot*>(slot_)->holders.fetch_add(1, std::memory_order_relaxed);
  }
}

retained_packet::retained_packet(retained_packet&& other) noexcept
    : packet(other), pool_(std::move(other.pool_)) {}

retained_packet& retained_packet::operator=(retained_packet other) noexcept {
  std::swap(slot_, other.slot_);
  std::swap(payload_, other.payload_);
  std::swap(pool_, other.pool_);
  return *this;
}

retained_packet::~retained_packet() {
  if (pool_) {
    pool_->window().let_go(const_cast<detail::slot&>(*slot_));
  }
}

} // namespace ancillary
