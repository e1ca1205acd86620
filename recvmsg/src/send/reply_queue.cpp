#include "send/reply_queue.hpp"

#include <algorithm>
#include <asio/error.hpp>
#include <functional>
#include <new>
#include <utility>

namespace ancillary::detail {

namespace {

// The payload of no UDP datagram is longer.
constexpr std::size_t longest_payload_bytes = 65535;

// Linux says either of an address that is not this host's, depending on its version.
bool may_refuse_source(const std::error_code& error) noexcept {
  return error == asio::error::invalid_argument || error == asio::error::network_unreachable;
}

} // namespace

reply_queue::reply_queue(std::unique_ptr<send_driver> driver, when_full full, std::size_t capacity,
                         std::size_t capacity_bytes, send_counter_set& count)
    : driver_(std::move(driver)),
      count_(count),
      full_(full),
      chunk_bytes_(std::max(capacity_bytes, longest_payload_bytes)),
      capacity_(capacity),
      places_(capacity) {
  chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(chunk_bytes_));
}

outgoing* reply_queue::add(std::span<const std::byte> payload, bool stays) {
  const std::size_t bytes = stays ? 0 : payload.size();
  if (bytes > longest_payload_bytes) [[unlikely]] {
    count_.errors.add(1);
    return nullptr;
  }
  if (!blocked_ && !has_room(bytes)) [[unlikely]] {
    // What does not leave now leaves at the end of the batch, or when there is room.
    static_cast<void>(flush());
  }
  const auto kept = stays && !blocked_ ? payload : keep(payload);
  outgoing& reply = next_place();
  reply.payload = kept;
  return &reply;
}

outgoing& reply_queue::next_place() {
  if (end_ >= capacity_ && end_ == places_.size()) [[unlikely]] {
    places_.emplace_back();
  }
  return places_[end_++];
}

bool reply_queue::has_room(std::size_t bytes) const noexcept {
  return end_ < capacity_ && used_bytes_ + bytes <= chunk_bytes_;
}

std::span<const std::byte> reply_queue::keep(std::span<const std::byte> bytes) {
  if (used_bytes_ + bytes.size() > chunk_bytes_) {
    if (chunk_ + 1 == chunks_.size()) {
      chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(chunk_bytes_));
    }
    ++chunk_;
    used_bytes_ = 0;
  }
  std::byte* const at = chunks_[chunk_].get() + used_bytes_;
  std::copy(bytes.begin(), bytes.end(), at);
  used_bytes_ += bytes.size();
  return {at, bytes.size()};
}

bool reply_queue::is_kept(std::span<const std::byte> bytes) const noexcept {
  const std::less_equal<> not_after;
  return std::any_of(chunks_.begin(), chunks_.end(), [&](const auto& chunk) {
    return not_after(chunk.get(), bytes.data()) &&
           not_after(bytes.data() + bytes.size(), chunk.get() + chunk_bytes_);
  });
}

void reply_queue::keep_all() {
  for (std::size_t i = first_; i < end_; ++i) {
    if (!is_kept(places_[i].payload)) {
      places_[i].payload = keep(places_[i].payload);
    }
  }
}

bool reply_queue::flush() noexcept {
  blocked_ = false;
  while (first_ < end_) {
    const std::span<const outgoing> rest = std::span(places_).subspan(first_, end_ - first_);
    const send_result result = driver_->send(rest, count_);
    count_.sent(rest.first(result.sent));
    first_ += result.sent;
    if (!result.error) [[likely]] {
      continue;
    }
    if (result.error == asio::error::would_block) {
      count_.send_buffer_full.add(1);
      if (full_ == when_full::wait) {
        try {
          keep_all();
          blocked_ = true;
          return false;
        } catch (const std::bad_alloc&) {
          // No room here either.
        }
      }
      drop();
      return true;
    }
    outgoing& refused = places_[first_];
    if (refused.source && may_refuse_source(result.error)) {
      // A broadcast address of the interface, which not every socket can tell from a unicast one,
      // or one that this host has no longer. An answer from another address is worth more than
      // none.
      refused.source.reset();
      count_.without_source.add(1);
    } else {
      count_.errors.add(1);
      ++first_;
    }
  }
  clear();
  return true;
}

void reply_queue::drop() noexcept {
  count_.dropped.add(end_ - first_);
  clear();
  blocked_ = false;
}

void reply_queue::clear() noexcept { first_ = end_ = chunk_ = used_bytes_ = 0; }

} // namespace ancillary::detail
