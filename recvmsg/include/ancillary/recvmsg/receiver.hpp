// The receive loop: delivers datagrams and their metadata to a handler, in batches, without copies.
#pragma once

#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/detail/delivery.hpp>
#include <ancillary/recvmsg/detail/receive_loop.hpp>
#include <ancillary/recvmsg/handler.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/occupancy.hpp>
#include <ancillary/recvmsg/packet.hpp>
#include <ancillary/recvmsg/receive_error.hpp>
#include <ancillary/recvmsg/receive_options.hpp>
#include <ancillary/recvmsg/statistics.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/udp.hpp>
#include <concepts>
#include <functional>
#include <gsl/assert>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace ancillary {

// Receives from one UDP socket and calls the handler for the datagrams, on the socket's executor.
//
//   asio::io_context io;
//   ancillary::receiver receiver(io, {asio::ip::udp::v4(), 9000},
//                                [](const ancillary::packet& p) { ... },
//                                {.metadata = ancillary::want({ancillary::field::destination})});
//   receiver.start();
//   io.run();
//
// Order: the handler receives datagrams in the order in which the socket returned them, one call at
// a time.
//
// Threads: as with an Asio object, calls on one receiver must not overlap with each other or with
// its handler, except `stop()` and `counters()`, which are safe from any thread at any time. If
// several threads run one io_context, give the receiver a strand (`receiver(asio::make_strand(io),
// ...)`) and destroy it on that strand: between handler calls the receiver uses its socket on
// whichever thread runs it. Debug builds terminate if a receiver is destroyed while another thread
// is in its turn.
//
// If the handler throws, the exception propagates out of io_context::run(). The datagram of that
// call counts as delivered; the rest of its batch follows when the executor runs again.
//
// Steady state: no allocation per datagram.
template <datagram_handler Handler>
class receiver {
public:
  // Adopts an open, bound socket and keeps its options; it remains usable for sending through
  // `socket()`. Throws std::system_error if set-up fails, with a message that names the metadata
  // field, its option, the system's reason and the system that supports it.
  receiver(asio::ip::udp::socket socket, Handler handler, const receive_options& options = {}) {
    std::error_code error;
    make(std::move(socket), std::move(handler), options, error);
    throw_if(error);
  }

  // The same, but sets `error`. On error, only `metadata()`, `socket()` and destruction are
  // allowed.
  receiver(asio::ip::udp::socket socket, Handler handler, const receive_options& options,
           std::error_code& error) {
    make(std::move(socket), std::move(handler), options, error);
  }

  // Opens a socket of the endpoint's family and binds it; with port 0 the system chooses the port.
  receiver(const asio::any_io_executor& executor, const asio::ip::udp::endpoint& endpoint,
           Handler handler, const receive_options& options = {}) {
    std::error_code error;
    open(executor, endpoint, std::move(handler), options, error);
    throw_if(error);
  }

  receiver(const asio::any_io_executor& executor, const asio::ip::udp::endpoint& endpoint,
           Handler handler, const receive_options& options, std::error_code& error) {
    open(executor, endpoint, std::move(handler), options, error);
  }

  template <class ExecutionContext>
  requires std::is_convertible_v<ExecutionContext&, asio::execution_context&>
  receiver(ExecutionContext& context, const asio::ip::udp::endpoint& endpoint, Handler handler,
           const receive_options& options = {})
      : receiver(asio::any_io_executor(context.get_executor()), endpoint, std::move(handler),
                 options) {}

  template <class ExecutionContext>
  requires std::is_convertible_v<ExecutionContext&, asio::execution_context&>
  receiver(ExecutionContext& context, const asio::ip::udp::endpoint& endpoint, Handler handler,
           const receive_options& options, std::error_code& error)
      : receiver(asio::any_io_executor(context.get_executor()), endpoint, std::move(handler),
                 options, error) {}

  receiver(receiver&&) noexcept = default;
  // Swaps with `other`.
  receiver& operator=(receiver&& other) noexcept {
    std::swap(loop_, other.loop_);
    return *this;
  }

  // Stops and closes the socket. Allowed inside the handler.
  ~receiver() {
    if (loop_) {
      loop_->close();
    }
  }

  // Called on the executor for each error; set it before `start()`. Without it, errors are only
  // counted.
  void on_error(std::function<void(const receive_error&)> handler) {
    loop_->error_handler = std::move(handler);
  }

  // Called on the executor when receiving pauses because retained packets hold every slot (true)
  // and when it resumes (false); set it before `start()`. Must not throw. If pauses are frequent,
  // raise receive_options::retainable.
  void on_pause(std::function<void(bool paused)> handler) {
    loop_->pause_handler = std::move(handler);
  }

  // Starts receiving; the handler is called from within the executor, never from within start().
  // Expects a receiver that is set up and not started, or stopped and finished.
  void start() { loop_->start(); }

  // Stops receiving: no call of the handler begins after it returns (if called from another thread,
  // one may still be in progress). discarded_on_stop counts the datagrams received but not
  // delivered. The socket stays open.
  void stop() noexcept { loop_->stop(); }

  // Which fields of options.metadata the system granted and refused.
  [[nodiscard]] const metadata_report& metadata() const noexcept { return loop_->report(); }

  // A snapshot. Safe from any thread at any time.
  [[nodiscard]] receive_counters counters() const noexcept { return loop_->counters(); }

  // Counts the replies of packet::reply(). Safe from any thread.
  [[nodiscard]] send_counters reply_counters() const noexcept { return loop_->reply_counters(); }

  // Batch sizes, turn times and delays; nullopt unless receive_options::statistics is set. Safe
  // from any thread.
  [[nodiscard]] std::optional<receive_statistics> statistics() const noexcept {
    return loop_->statistics();
  }

  // How full the slots and the socket's receive buffer are now: two system calls at most, and a
  // look at each slot. Safe from any thread until the socket is closed.
  [[nodiscard]] receive_occupancy occupancy() const noexcept { return loop_->occupancy(); }

  // For sending and setting options. Receiving from it directly would steal datagrams.
  [[nodiscard]] asio::ip::udp::socket& socket() noexcept { return loop_->socket(); }

  // Throws std::system_error.
  [[nodiscard]] asio::ip::udp::endpoint local_endpoint() const {
    return loop_->socket().local_endpoint();
  }

private:
  void make(asio::ip::udp::socket&& socket, Handler&& handler, const receive_options& options,
            std::error_code& error) {
    loop_ = std::make_shared<detail::delivery<detail::receive_loop, Handler>>(
        std::move(handler), std::move(socket), options, error);
  }

  void open(const asio::any_io_executor& executor, const asio::ip::udp::endpoint& endpoint,
            Handler&& handler, const receive_options& options, std::error_code& error) {
    auto socket = detail::open_socket(executor, endpoint, options, error);
    if (error) {
      // A loop that cannot start, so that metadata() and socket() still work.
      std::error_code ignored;
      make(std::move(socket), std::move(handler), options, ignored);
      return;
    }
    make(std::move(socket), std::move(handler), options, error);
  }

  void throw_if(const std::error_code& error) {
    if (error) {
      detail::throw_set_up_error(error, loop_->report());
    }
  }

  std::shared_ptr<detail::delivery<detail::receive_loop, Handler>> loop_;
};

} // namespace ancillary
