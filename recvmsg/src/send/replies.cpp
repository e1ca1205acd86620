#include "send/reply_queue.hpp"
#include <ancillary/recvmsg/detail/replies.hpp>
#include <ancillary/recvmsg/packet.hpp>

#include <functional>
#include <utility>

namespace ancillary::detail {

replies::replies() noexcept = default;
replies::~replies() = default;

void replies::leave_by(asio::ip::udp::socket& socket, const receive_options& options,
                       const slot_pool& pool) noexcept {
  leave_by(socket.native_handle(), options, pool);
  socket_ = &socket;
}

void replies::leave_by(asio::ip::udp::socket::native_handle_type handle,
                       const receive_options& options, const slot_pool& pool) noexcept {
  socket_ = nullptr;
  handle_ = handle;
  waits_ = options.on_full_send_buffer == full_send_buffer::wait;
  segments_ = options.segment_replies;
  capacity_ = pool.batch();
  capacity_bytes_ = pool.batch() * pool.payload_capacity();
}

void replies::send_through(std::unique_ptr<send_driver> driver) {
  socket_ = nullptr; // open or not does not matter to it
  make_queue(std::move(driver));
}

void replies::make_queue(std::unique_ptr<send_driver> driver) {
  queue_ =
      std::make_unique<reply_queue>(std::move(driver), waits_ ? when_full::wait : when_full::drop,
                                    capacity_, capacity_bytes_, count_);
}

bool replies::is_usable() const noexcept {
  // The number of a closed handle may belong to another socket by now.
  return handle_ &&
         (socket_ == nullptr || (socket_->is_open() && socket_->native_handle() == *handle_));
}

void replies::add(const packet& request, std::span<const std::byte> payload,
                  const reply_options& options) {
  if (queue_ == nullptr) [[unlikely]] {
    std::error_code error;
    auto driver = is_usable() ? make_send_driver(*handle_, segments_, error) : nullptr;
    if (!driver) {
      count_.errors.add(1);
      return;
    }
    make_queue(std::move(driver));
  }
  const auto received = request.slot_payload();
  const std::less_equal<> not_after;
  const bool stays = not_after(received.data(), payload.data()) &&
                     not_after(payload.data() + payload.size(), received.data() + received.size());
  outgoing* const reply = queue_->add(payload, stays);
  if (reply == nullptr) [[unlikely]] {
    return;
  }
  make_reply(*reply, request, reply->payload, options);
  if (!reply->source && options.keep_source && !request.metadata().destination()) [[unlikely]] {
    count_.source_unknown.add(1);
  }
}

bool replies::flush_queue() noexcept {
  if (!is_usable()) [[unlikely]] {
    queue_->drop();
    return true;
  }
  return queue_->flush();
}

void replies::finish() noexcept {
  if (!flush()) {
    queue_->drop();
  }
}

} // namespace ancillary::detail
