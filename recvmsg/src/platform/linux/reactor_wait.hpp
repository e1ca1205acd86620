// Waits for a socket to become readable, in Asio's reactor but without a system call.
//
// Decision. Context: async_wait() asks the kernel again each time (epoll_ctl), because it cannot
// know whether its caller has emptied the socket. This loop knows, and a datagram that arrives at a
// socket it emptied is a separate event (EPOLLET), on which Asio's receive operations rely as well.
// At one datagram per wake-up this saves one of three system calls: 1.07 of a bare epoll loop
// against 1.13 to 1.19 with async_wait() (throughput_bench --load pace --size 64 --compare
// ours:epoll). Choice: our own operation, which has to access protected members of Asio. They are
// the same in Asio 1.22 to 1.38; with other versions, with io_uring, and on executors other than an
// io_context's, such as a strand, `possible()` is false and async_wait() does the same. Rejected:
// async_wait() alone, for its cost; an epoll set of our own in Asio's loop, waited for as one
// descriptor: two more calls than this for one socket (reading the set, waiting for it again) and,
// with k sockets ready at a time, 1 + 3/k calls per socket against 1 + 1/k here; an empty receive
// with MSG_PEEK as the wait: a receive call instead of the epoll_ctl.
#pragma once

#include "common/plain_executor.hpp"
#include <ancillary/recvmsg/detail/wakeable.hpp>

#include <asio/detail/op_queue.hpp>
#include <asio/detail/reactor.hpp>
#include <asio/detail/reactor_op.hpp>
#include <asio/ip/udp.hpp>
#include <asio/version.hpp>
#include <memory>
#include <utility>

namespace ancillary::detail {

#if ASIO_VERSION >= 102200 && ASIO_VERSION < 103900 && defined(ASIO_HAS_EPOLL) &&                  \
    !defined(ASIO_HAS_IO_URING_AS_DEFAULT)

// Derived classes can access the reactor's data of a socket.
struct reactor_access : asio::ip::udp::socket {
  [[nodiscard]] static auto& registration_of(asio::ip::udp::socket& socket) noexcept {
    return (socket.*(&reactor_access::impl_)).get_implementation();
  }
};

// One wait at a time. The waiting loop owns it.
class reactor_wait {
public:
  explicit reactor_wait(asio::ip::udp::socket& socket) : socket_(socket) {
    const asio::any_io_executor executor = socket.get_executor();
    if (const auto* const context = plain_executor(executor)) {
      reactor_ = &asio::use_service<reactor>(context->context());
    }
  }

  [[nodiscard]] bool possible() const noexcept { return reactor_ != nullptr; }

  // `emptied`: the last receive call emptied the socket, so only later events count.
  void start(const std::shared_ptr<wakeable>& loop, bool emptied) {
    operation_.loop = loop;
    auto& registered = reactor_access::registration_of(socket_);
    reactor_->start_op(reactor::read_op, registered.socket_, registered.reactor_data_, &operation_,
                       false, emptied);
  }

  void cancel() noexcept {
    auto& registered = reactor_access::registration_of(socket_);
    reactor_->cancel_ops_by_key(registered.socket_, registered.reactor_data_, reactor::read_op,
                                &operation_);
  }

private:
  using reactor = asio::detail::reactor;

  struct operation final : asio::detail::reactor_op {
    operation() : reactor_op({}, &perform, &complete) { cancellation_key_ = this; }

    // Consumes the event; only a new one completes the next wait. If the caller's own operations
    // wait behind ours, the event is passed on to them.
    static status perform(reactor_op* base) {
      asio::detail::operation* const behind =
          asio::detail::op_queue_access::next(static_cast<asio::detail::operation*>(base));
      return behind == nullptr ? done_and_exhausted : done;
    }

    // The reason of the wake-up does not matter: the next receive reports it.
    static void complete(void* owner, asio::detail::operation* base, const std::error_code&,
                         std::size_t) {
      // The loop owns the operation and may start it again at once.
      const auto woken = std::exchange(static_cast<operation*>(base)->loop, nullptr);
      if (owner != nullptr) { // otherwise the context is being destroyed
        woken->on_wake();
      }
    }

    std::shared_ptr<wakeable> loop;
  };

  asio::ip::udp::socket& socket_;
  reactor* reactor_ = nullptr;
  operation operation_;
};

#else

class reactor_wait {
public:
  explicit reactor_wait(asio::ip::udp::socket&) noexcept {}
  [[nodiscard]] bool possible() const noexcept { return false; }
  void start(const std::shared_ptr<wakeable>&, bool) noexcept {}
  void cancel() noexcept {}
};

#endif

} // namespace ancillary::detail
