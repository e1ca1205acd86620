// Waits for a socket to become readable, in Asio's reactor but without a system call.
//
// Decision. Context: async_wait() asks the kernel anew each time (epoll_ctl), since it cannot know
// whether its caller has emptied the socket. This loop knows, and whatever comes to a socket that
// it left empty is an event of its own (EPOLLET), on which Asio's receive operations rely as well.
// At one datagram a wake-up that saves one system call of three: 1.07 of a bare epoll loop against
// 1.13 to 1.19 with async_wait() (throughput_bench --load pace --size 64 --compare ours:epoll).
// Choice: an operation of our own, which has to touch what Asio keeps protected. Asio's versions
// 1.22 to 1.38 are alike in it; with others, with io_uring, and on executors other than an
// io_context's, a strand for one, `possible()` is false and async_wait() does the same.
// Rejected: async_wait() alone, for its price; an epoll set of our own in Asio's loop, waited for
// as one descriptor: it takes two calls more than this for one socket (to read the set, to wait
// for it anew) and, with k sockets ready at a time, 1 + 3/k calls a socket against 1 + 1/k here;
// an empty receive with MSG_PEEK as the wait: a receive call instead of the epoll_ctl.
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

// What its reactor knows of a socket is open to classes derived from it.
struct reactor_access : asio::ip::udp::socket {
  [[nodiscard]] static auto& registration_of(asio::ip::udp::socket& socket) noexcept {
    return (socket.*(&reactor_access::impl_)).get_implementation();
  }
};

// One wait at a time. The loop that waits owns it.
class reactor_wait {
public:
  explicit reactor_wait(asio::ip::udp::socket& socket) : socket_(socket) {
    const asio::any_io_executor executor = socket.get_executor();
    if (const auto* const context = plain_executor(executor)) {
      reactor_ = &asio::use_service<reactor>(context->context());
    }
  }

  [[nodiscard]] bool possible() const noexcept { return reactor_ != nullptr; }

  // `emptied`: the last receive call left nothing behind, so only what comes after it counts.
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

    // The event is used up, and it takes another one before there is anything to do again; unless
    // the caller has operations of its own waiting behind ours, which the event is for as well.
    static status perform(reactor_op* base) {
      asio::detail::operation* const behind =
          asio::detail::op_queue_access::next(static_cast<asio::detail::operation*>(base));
      return behind == nullptr ? done_and_exhausted : done;
    }

    // Why the wait ended does not matter: the next receive tells.
    static void complete(void* owner, asio::detail::operation* base, const std::error_code&,
                         std::size_t) {
      // The loop owns the operation, and may start it again at once.
      const auto woken = std::exchange(static_cast<operation*>(base)->loop, nullptr);
      if (owner != nullptr) { // else the context is being destroyed
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
