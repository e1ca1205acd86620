// Receiving with completion tokens: coroutines, futures, callbacks.
#pragma once

#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/detail/batch_operation.hpp>
#include <ancillary/recvmsg/detail/pull_loop.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/packet_batch.hpp>
#include <ancillary/recvmsg/receive_error.hpp>
#include <ancillary/recvmsg/receive_options.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/execution_context.hpp>
#include <asio/ip/udp.hpp>
#include <functional>
#include <memory>
#include <system_error>
#include <type_traits>
#include <utility>

namespace ancillary {

// Receives from one UDP socket whenever it is asked to.
//
//   ancillary::async_receiver receiver(io, {asio::ip::udp::v4(), 9000}, options);
//   ancillary::packet_batch batch;
//   for (;;) {
//     co_await receiver.async_receive(batch, asio::use_awaitable);
//     for (const ancillary::packet& packet : batch) { ... }
//   }
//
// The same packets, metadata, order and counters as a `receiver`; between two calls of
// async_receive datagrams wait in the system.
//
// Threads: as with an Asio object, calls on one async_receiver must not overlap, nor run beside the
// completion of its async_receive; with several threads in run(), use a strand. `counters()` may be
// called from any thread at any time.
class async_receiver {
public:
  using executor_type = asio::any_io_executor;

  // Adopts an open, bound socket. Throws std::system_error when set-up fails, as a receiver does.
  // Expects no receive_options::pool: the slots of a batch stay in use until the next one.
  explicit async_receiver(asio::ip::udp::socket socket, const receive_options& options = {}) {
    std::error_code error;
    make(std::move(socket), options, error);
    throw_if(error);
  }

  // The same; sets `error` instead. Then only `metadata()`, `socket()` and destruction are allowed.
  async_receiver(asio::ip::udp::socket socket, const receive_options& options,
                 std::error_code& error) {
    make(std::move(socket), options, error);
  }

  // Opens a socket of the endpoint's family and binds it; port 0 lets the system choose.
  async_receiver(const asio::any_io_executor& executor, const asio::ip::udp::endpoint& endpoint,
                 const receive_options& options = {}) {
    std::error_code error;
    open(executor, endpoint, options, error);
    throw_if(error);
  }

  async_receiver(const asio::any_io_executor& executor, const asio::ip::udp::endpoint& endpoint,
                 const receive_options& options, std::error_code& error) {
    open(executor, endpoint, options, error);
  }

  template <class ExecutionContext>
  requires std::is_convertible_v<ExecutionContext&, asio::execution_context&>
  async_receiver(ExecutionContext& context, const asio::ip::udp::endpoint& endpoint,
                 const receive_options& options = {})
      : async_receiver(asio::any_io_executor(context.get_executor()), endpoint, options) {}

  template <class ExecutionContext>
  requires std::is_convertible_v<ExecutionContext&, asio::execution_context&>
  async_receiver(ExecutionContext& context, const asio::ip::udp::endpoint& endpoint,
                 const receive_options& options, std::error_code& error)
      : async_receiver(asio::any_io_executor(context.get_executor()), endpoint, options, error) {}

  async_receiver(async_receiver&&) noexcept = default;
  async_receiver& operator=(async_receiver&& other) noexcept {
    std::swap(loop_, other.loop_);
    return *this;
  }

  // As close().
  ~async_receiver() {
    if (loop_) {
      close();
    }
  }

  // Waits for datagrams and makes `batch` refer to what is there, at least one, at most
  // receive_options::batch buffers. The signature of the completion is void(std::error_code).
  //
  // `batch` must live until the completion. The packets of the last batch end with this call.
  //
  // Errors: operation_aborted after cancel(), close() or a cancellation of any type through the
  // associated cancellation slot; no datagram is lost by it. Others, see last_error(), are those of
  // receive_condition; unless the error is fatal the next call goes on, after a short pause where
  // the system is short of something. A signal and such are not reported, only counted.
  //
  // Expects that no other async_receive is outstanding.
  template <class CompletionToken>
  auto async_receive(packet_batch& batch, CompletionToken&& token) {
    return asio::async_initiate<CompletionToken, void(std::error_code)>(
        detail::initiate_batch_operation{loop_}, token, &batch);
  }

  // Ends an outstanding async_receive with operation_aborted.
  void cancel() noexcept { loop_->cancel_wait(); }

  // Ends it as cancel() does and closes the socket. Later calls of async_receive fail.
  void close() noexcept {
    loop_->cancel_wait();
    loop_->close();
  }

  // What the error of the last failed async_receive means; condition none: none has failed.
  [[nodiscard]] const receive_error& last_error() const noexcept { return loop_->last_error(); }

  // As receiver::on_pause.
  void on_pause(std::function<void(bool paused)> handler) {
    loop_->pause_handler = std::move(handler);
  }

  [[nodiscard]] executor_type get_executor() const { return loop_->executor(); }

  // What the system granted and refused of options.metadata.
  [[nodiscard]] const metadata_report& metadata() const noexcept { return loop_->report(); }

  [[nodiscard]] receive_counters counters() const noexcept { return loop_->counters(); }

  // What became of the replies of packet::reply(). They leave when the next batch is asked for.
  [[nodiscard]] send_counters reply_counters() const noexcept { return loop_->reply_counters(); }

  // For sending and for options of the caller's own. Receiving from it would steal datagrams.
  [[nodiscard]] asio::ip::udp::socket& socket() noexcept { return loop_->socket(); }

  // Throws std::system_error.
  [[nodiscard]] asio::ip::udp::endpoint local_endpoint() const {
    return loop_->socket().local_endpoint();
  }

private:
  void make(asio::ip::udp::socket&& socket, const receive_options& options,
            std::error_code& error) {
    loop_ = std::make_shared<detail::pull_loop>(std::move(socket), options, error);
  }

  void open(const asio::any_io_executor& executor, const asio::ip::udp::endpoint& endpoint,
            const receive_options& options, std::error_code& error) {
    auto socket = detail::open_socket(executor, endpoint, options, error);
    // After a failure a loop that cannot start, so that metadata() and socket() are there.
    std::error_code ignored;
    make(std::move(socket), options, error ? ignored : error);
  }

  void throw_if(const std::error_code& error) {
    if (error) {
      detail::throw_set_up_error(error, loop_->report());
    }
  }

  std::shared_ptr<detail::pull_loop> loop_;
};

} // namespace ancillary
