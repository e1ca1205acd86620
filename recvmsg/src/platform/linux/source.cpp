// Linux: the receive call itself.

#include "platform/linux/source.hpp"

#include "platform/driver.hpp"
#include "platform/linux/error_queue.hpp"
#include "platform/linux/system_calls.hpp"
#include "slots/window.hpp"

#include <asio/error.hpp>
#include <asio/ip/udp.hpp>
#include <cerrno>
#include <netinet/in.h>
#include <span>
#include <sys/socket.h>
#include <vector>

namespace ancillary::detail {

// Headers for recvmmsg, one for each slot of the window, which they point into.
struct native_batch {
  explicit native_batch(std::size_t capacity) : headers(capacity), vectors(capacity) {}

  // Points the entries to slots that are new in the window.
  void prepare(window& slots, std::size_t end) noexcept {
    for (std::size_t i = 0; i < end; ++i) {
      slot& each = slots[i];
      vectors[i] = {each.payload, slots.payload_capacity()};
      headers[i].msg_hdr = {each.remote.data(),
                            sizeof(sockaddr_in6),
                            &vectors[i],
                            1,
                            each.control,
                            slots.control_capacity(),
                            0};
    }
  }

  std::vector<mmsghdr> headers;
  std::vector<iovec> vectors;
};

void native_batch_deleter::operator()(native_batch* batch) const noexcept { delete batch; }

native_batch_ptr make_native_batch(std::size_t capacity) {
  return native_batch_ptr(new native_batch(capacity));
}

namespace {

static_assert(sizeof(sockaddr_in6) <= sizeof(asio::ip::udp::endpoint),
              "the system writes source addresses directly into endpoints");

// Because of MSG_TRUNC in the call, the length of a truncated datagram is its own.
void note_truncation(const mmsghdr& from, slot& to) noexcept {
  const int flags = from.msg_hdr.msg_flags;
  if ((flags & MSG_TRUNC) != 0) {
    to.flags |= slot_flag::payload_truncated;
    to.original_bytes = from.msg_len;
    to.payload_bytes = static_cast<std::uint32_t>(from.msg_hdr.msg_iov->iov_len);
  }
  if ((flags & MSG_CTRUNC) != 0) {
    to.flags |= slot_flag::control_truncated;
  }
}

// Takes the result for one datagram and resets the in-out fields for the next call while the header
// is in the cache; each call sets msg_flags.
void take(mmsghdr& from, slot& to, std::size_t control_capacity) noexcept {
  to.payload_bytes = from.msg_len;
  to.control_bytes = static_cast<std::uint32_t>(from.msg_hdr.msg_controllen);
  to.flags = 0;
  if ((from.msg_hdr.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) [[unlikely]] {
    note_truncation(from, to);
  }
  from.msg_hdr.msg_namelen = sizeof(sockaddr_in6);
  from.msg_hdr.msg_controllen = control_capacity;
}

} // namespace

receive_result receive_now(native_socket socket, window& slots, error_queue& errors) noexcept {
  native_batch& native = slots.native();
  native.prepare(slots, slots.take_changed_end());

  if (!errors.was_asked()) [[unlikely]] {
    errors.look(socket, false);
  }
  receive_result result;
  const auto wanted = static_cast<unsigned>(slots.size());
  const int received =
      system.recvmmsg(socket, native.headers.data(), wanted, MSG_DONTWAIT | MSG_TRUNC, nullptr);
  if (received < 0) {
    const int error = errno;
    const bool would_block = error == EAGAIN || error == EWOULDBLOCK;
    errors.look(socket, would_block);
    // The receive call also returns an error that is in the queue; the queue has more details and
    // would wake the loop for ever. One error per call, so that datagrams have their turn.
    result.error = errors.take(socket);
    if (result.error.condition != receive_condition::none) {
      return result;
    }
    if (would_block) {
      result.exhausted = true;
    } else {
      result.error = {linux_condition(error), {error, asio::error::get_system_category()}, false};
    }
    return result;
  }
  result.count = static_cast<std::size_t>(received);
  result.exhausted = result.count < wanted;
  errors.note_datagrams(!result.exhausted);
  if (errors.is_on()) [[unlikely]] {
    // Its entries take up room in the receive buffer, also while every call brings datagrams.
    result.error = errors.take(socket);
    result.exhausted = result.exhausted && result.error.condition == receive_condition::none;
  }
  const std::size_t control_capacity = slots.control_capacity();
  mmsghdr* header = native.headers.data();
  for (slot* const each : std::span(slots.data(), result.count)) {
    take(*header++, *each, control_capacity);
  }
  return result;
}

} // namespace ancillary::detail
