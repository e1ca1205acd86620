#include "common/native_socket.hpp"
#include "send/reply_to.hpp"
#include "send/send_driver.hpp"
#include <ancillary/recvmsg/detail/reply_queue.hpp>
#include <ancillary/recvmsg/packet.hpp>
#include <ancillary/recvmsg/sender.hpp>

#include <algorithm>
#include <asio/error.hpp>
#include <functional>
#include <new>
#include <utility>

namespace ancillary::detail {

namespace {

// No UDP datagram has a longer payload.
constexpr std::size_t longest_payload_bytes = 65535;

// Linux returns either error for an address that is not local, depending on its version.
bool may_refuse_source(const std::error_code& error) noexcept {
  return error == asio::error::invalid_argument || error == asio::error::network_unreachable;
}

bool lies_within(std::span<const std::byte> inner, std::span<const std::byte> outer) noexcept {
  const std::less_equal<> not_after;
  return not_after(outer.data(), inner.data()) &&
         not_after(inner.data() + inner.size(), outer.data() + outer.size());
}

} // namespace

reply_queue::reply_queue() noexcept = default;
reply_queue::~reply_queue() = default;

void reply_queue::leave_by(asio::ip::udp::socket& socket,
                           const reply_queue_options& options) noexcept {
  leave_by(socket.native_handle(), options);
  socket_ = &socket;
}

void reply_queue::leave_by(asio::ip::udp::socket::native_handle_type handle,
                           const reply_queue_options& options) noexcept {
  socket_ = nullptr;
  handle_ = handle;
  options_ = options;
  options_.capacity_bytes = std::max(options.capacity_bytes, longest_payload_bytes);
}

void reply_queue::leave_by(std::unique_ptr<send_driver> driver,
                           const reply_queue_options& options) noexcept {
  leave_by(native_socket{0}, options); // the driver has its own socket
  driver_ = std::move(driver);
}

bool reply_queue::is_usable() const noexcept {
  // The number of a closed handle may belong to another socket by now.
  return handle_ &&
         (socket_ == nullptr || (socket_->is_open() && socket_->native_handle() == *handle_));
}

bool reply_queue::make_ready() {
  if (!driver_) {
    std::error_code error;
    const sender_options how{options_.segment_runs, options_.segment_offload};
    driver_ = is_usable() ? make_send_driver(*handle_, how, error) : nullptr;
  }
  if (driver_ && chunks_.empty()) {
    places_.resize(options_.capacity);
    chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(options_.capacity_bytes));
  }
  return driver_ != nullptr;
}

void reply_queue::add(const packet& request, std::span<const std::byte> payload,
                      const reply_options& options) {
  outgoing* const reply = add(payload, lies_within(payload, request.slot_payload()));
  if (reply == nullptr) [[unlikely]] {
    return;
  }
  make_reply(*reply, request, reply->payload, options);
  if (!reply->source && options.keep_source && !request.metadata().destination()) [[unlikely]] {
    count_.source_unknown.add(1);
  }
}

outgoing* reply_queue::add(std::span<const std::byte> payload, bool stays) {
  const std::size_t bytes = stays ? 0 : payload.size();
  if (chunks_.empty() && !make_ready()) [[unlikely]] {
    count_.errors.add(1);
    return nullptr;
  }
  if (bytes > longest_payload_bytes) [[unlikely]] {
    count_.errors.add(1);
    return nullptr;
  }
  if (!blocked_ && !has_room(bytes)) [[unlikely]] {
    // Unsent replies leave at the end of the batch, or when the send buffer has room.
    static_cast<void>(flush());
  }
  const auto kept = stays && !blocked_ ? payload : keep(payload);
  outgoing& reply = next_place();
  reply.payload = kept;
  return &reply;
}

outgoing& reply_queue::next_place() {
  if (end_ >= options_.capacity && end_ == places_.size()) [[unlikely]] {
    places_.emplace_back();
  }
  return places_[end_++];
}

bool reply_queue::has_room(std::size_t bytes) const noexcept {
  return end_ < options_.capacity && used_bytes_ + bytes <= options_.capacity_bytes;
}

std::span<const std::byte> reply_queue::keep(std::span<const std::byte> bytes) {
  if (used_bytes_ + bytes.size() > options_.capacity_bytes) {
    if (chunk_ + 1 == chunks_.size()) {
      chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(options_.capacity_bytes));
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
  return std::any_of(chunks_.begin(), chunks_.end(), [&](const auto& chunk) {
    return lies_within(bytes, {chunk.get(), options_.capacity_bytes});
  });
}

void reply_queue::keep_all() {
  for (std::size_t i = first_; i < end_; ++i) {
    if (!is_kept(places_[i].payload)) {
      places_[i].payload = keep(places_[i].payload);
    }
  }
}

bool reply_queue::flush_rest() noexcept {
  if (!is_usable()) [[unlikely]] {
    drop();
    return true;
  }
  blocked_ = false;
  bool lost_source = false; // the next reply is tried without its source
  while (first_ < end_) {
    const std::span<const outgoing> rest = std::span(places_).subspan(first_, end_ - first_);
    const send_result result = driver_->send(rest, count_);
    count_.sent(rest.first(result.sent));
    first_ += result.sent;
    if (lost_source && (result.sent != 0 || result.error == asio::error::would_block)) {
      count_.without_source.add(1);
      lost_source = false;
    }
    if (!result.error) [[likely]] {
      continue;
    }
    if (result.error == asio::error::would_block) {
      count_.send_buffer_full.add(1);
      if (options_.when_full == full_send_buffer::wait) {
        try {
          keep_all();
          blocked_ = true;
          return false;
        } catch (const std::bad_alloc&) {
          // No memory to keep them either.
        }
      }
      drop();
      return true;
    }
    outgoing& refused = places_[first_];
    if (refused.source && may_refuse_source(result.error)) {
      // A broadcast address of the interface, which not every socket can tell from a unicast one,
      // or an address that this host no longer has. A reply from another address is better than
      // none.
      refused.source.reset();
      lost_source = true;
    } else {
      lost_source = false;
      (result.error == send_errc::remote_refused ? count_.refused : count_.errors).add(1);
      ++first_;
    }
  }
  clear();
  return true;
}

void reply_queue::finish() noexcept {
  if (!flush()) {
    drop();
  }
}

void reply_queue::drop() noexcept {
  count_.dropped.add(end_ - first_);
  clear();
  blocked_ = false;
}

void reply_queue::clear() noexcept { first_ = end_ = chunk_ = used_bytes_ = 0; }

} // namespace ancillary::detail
