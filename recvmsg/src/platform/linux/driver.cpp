// Linux: wait until the socket is readable, then recvmmsg until a batch comes back short.

#include "../driver.hpp"

#include "../../handler_memory.hpp"
#include "../../window.hpp"
#include "system_calls.hpp"
#include <ancillary/recvmsg/detail/receive_loop.hpp>

#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <asio/ip/udp.hpp>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <vector>

namespace ancillary::detail {

// Headers for recvmmsg, one for each slot of the window and pointing into it.
struct native_batch {
  explicit native_batch(std::size_t capacity) : headers(capacity), vectors(capacity) {}

  // In-out fields are as the last call left them: a header is written anew before it is used again.
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
              "the system writes source addresses straight into endpoints");

receive_condition condition_of(int error) noexcept {
  switch (error) {
  case ECONNREFUSED:
    return receive_condition::port_unreachable;
  case EHOSTUNREACH:
  case ENETUNREACH:
  case ENOPROTOOPT: // ICMP protocol unreachable
  case EHOSTDOWN:
    return receive_condition::host_unreachable;
  case EMSGSIZE:
    return receive_condition::message_too_long;
  case ENETDOWN:
    return receive_condition::network_down;
  case ENOMEM:
  case ENOBUFS:
    return receive_condition::out_of_resources;
  case EINTR:
    return receive_condition::interrupted;
  case EBADF:
  case ENOTSOCK:
    return receive_condition::socket_closed;
  default:
    return receive_condition::other;
  }
}

class linux_driver final : public driver {
public:
  explicit linux_driver(asio::ip::udp::socket& socket) noexcept : socket_(socket) {}

  layout_id layout() const noexcept override { return layouts::native::id; }

  bool arm(const std::shared_ptr<receive_loop>& loop, window&) override {
    socket_.async_wait(asio::socket_base::wait_read, wake{loop, *this});
    return true;
  }

  receive_result receive(window& slots) noexcept override {
    native_batch& native = slots.native();
    native.prepare(slots, slots.take_changed_end());

    receive_result result;
    const auto wanted = static_cast<unsigned>(slots.size());
    const int received = system.recvmmsg(socket_.native_handle(), native.headers.data(), wanted,
                                         MSG_DONTWAIT, nullptr);
    if (received < 0) {
      const int error = errno;
      if (error == EAGAIN || error == EWOULDBLOCK) {
        result.exhausted = true;
      } else {
        result.error = {condition_of(error), {error, asio::error::get_system_category()}, false};
      }
      return result;
    }
    result.count = static_cast<std::size_t>(received);
    result.exhausted = result.count < wanted;
    for (std::size_t i = 0; i < result.count; ++i) {
      take(native.headers[i], slots[i]);
    }
    return result;
  }

  void cancel() noexcept override { cancel_.emit(asio::cancellation_type::all); }

  abandoned_slot abandon() noexcept override { return {}; }

private:
  // Why the wait ended does not matter: the next receive tells.
  struct wake {
    std::shared_ptr<receive_loop> loop;
    linux_driver& self;

    using allocator_type = handler_allocator<void>;
    using cancellation_slot_type = asio::cancellation_slot;
    allocator_type get_allocator() const noexcept { return allocator_type(self.memory_); }
    cancellation_slot_type get_cancellation_slot() const noexcept { return self.cancel_.slot(); }

    void operator()(const std::error_code&) const { loop->on_wake(); }
  };

  static void take(const mmsghdr& from, slot& to) noexcept {
    to.payload_bytes = from.msg_len;
    to.control_bytes = static_cast<std::uint32_t>(from.msg_hdr.msg_controllen);
    const int flags = from.msg_hdr.msg_flags;
    to.flags =
        static_cast<std::uint8_t>(((flags & MSG_TRUNC) != 0 ? slot_flag::payload_truncated : 0) |
                                  ((flags & MSG_CTRUNC) != 0 ? slot_flag::control_truncated : 0));
  }

  asio::ip::udp::socket& socket_;
  handler_memory memory_;
  asio::cancellation_signal cancel_;
};

} // namespace

std::unique_ptr<driver> make_driver(asio::ip::udp::socket& socket, const receive_options&,
                                    std::error_code& error) {
  error.clear();
  return std::make_unique<linux_driver>(socket);
}

} // namespace ancillary::detail
