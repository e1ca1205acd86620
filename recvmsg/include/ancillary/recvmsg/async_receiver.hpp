// Receiving with completion tokens: coroutines, futures, callbacks.
#pragma once

#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/detail/batch_operation.hpp>
#include <ancillary/recvmsg/detail/pull_loop.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/occupancy.hpp>
#include <ancillary/recvmsg/packet_batch.hpp>
#include <ancillary/recvmsg/receive_error.hpp>
#include <ancillary/recvmsg/receive_options.hpp>
#include <ancillary/recvmsg/statistics.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/execution_context.hpp>
#include <asio/ip/udp.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>

namespace ancillary {

// Receives batches of datagrams from one UDP socket on request.
//
//   ancillary::async_receiver receiver(io, {asio::ip::udp::v4(), 9000}, options);
//   ancillary::packet_batch batch;
//   for (;;) {
//     co_await receiver.async_receive(batch, asio::use_awaitable);
//     for (const ancillary::packet& packet : batch) { ... }
//   }
//
// Packets, metadata, order and counters are those of a `receiver`. Between calls of async_receive,
// datagrams stay in the socket's receive buffer.
//
// Threads: as with an Asio object, calls on one async_receiver must not overlap with each other or
// with the completion of its async_receive; if several threads call run(), use a strand.
// `counters()` is safe to call from any thread at any time.
class async_receiver {
public:
  // The type of get_executor(), for Asio's adapters.
  using executor_type = asio::any_io_executor;

  // Adopts an open, bound socket. Throws std::system_error if set-up fails, like a receiver.
  // Expects no receive_options::pool: the slots of a batch stay in use until the next batch.
  explicit async_receiver(asio::ip::udp::socket socket, const receive_options& options = {}) {
    std::error_code error;
    make(std::move(socket), options, error);
    throw_if(error);
  }

  // The same, but sets `error`. On error, only `metadata()`, `socket()` and destruction are
  // allowed.
  async_receiver(asio::ip::udp::socket socket, const receive_options& options,
                 std::error_code& error) {
    make(std::move(socket), options, error);
  }

  // Opens a socket of the endpoint's family and binds it; with port 0 the system chooses the port.
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
  // Swaps with `other`.
  async_receiver& operator=(async_receiver&& other) noexcept {
    std::swap(loop_, other.loop_);
    return *this;
  }

  // Like close().
  ~async_receiver() {
    if (loop_) {
      close();
    }
  }

  // Waits until datagrams arrive and makes `batch` refer to those available: at least one datagram,
  // at most receive_options::batch buffers. The completion signature is void(std::error_code).
  //
  // `batch` must remain valid until the completion. This call ends the validity of the packets of
  // the previous batch.
  //
  // Errors: operation_aborted after cancel(), close() or any type of cancellation through the
  // associated cancellation slot; this loses no datagram. All others are receive_condition errors;
  // see last_error(). Unless an error is fatal, the next call continues to receive, after a short
  // pause if the system is out of resources. Interruptions, such as signals, are counted but not
  // reported.
  //
  // Expects that no other async_receive is outstanding.
  template <class CompletionToken>
  auto async_receive(packet_batch& batch, CompletionToken&& token) {
    return asio::async_initiate<CompletionToken, void(std::error_code)>(
        detail::initiate_batch_operation{loop_}, token, &batch);
  }

  // Completes an outstanding async_receive with operation_aborted.
  void cancel() noexcept { loop_->cancel_wait(); }

  // Cancels an outstanding async_receive and closes the socket. Later calls of async_receive fail.
  void close() noexcept {
    loop_->cancel_wait();
    loop_->close();
  }

  // The meaning of the error of the last failed async_receive; condition none if none has failed.
  [[nodiscard]] const receive_error& last_error() const noexcept { return loop_->last_error(); }

  // Like receiver::on_pause.
  void on_pause(std::function<void(bool paused)> handler) {
    loop_->pause_handler = std::move(handler);
  }

  // The socket's executor.
  [[nodiscard]] executor_type get_executor() const { return loop_->executor(); }

  // Which fields of options.metadata the system granted and refused.
  [[nodiscard]] const metadata_report& metadata() const noexcept { return loop_->report(); }

  // A snapshot. Safe from any thread at any time.
  [[nodiscard]] receive_counters counters() const noexcept { return loop_->counters(); }

  // Counts the replies of packet::reply(), which leave when the next batch is requested.
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
  void make(asio::ip::udp::socket&& socket, const receive_options& options,
            std::error_code& error) {
    loop_ = std::make_shared<detail::pull_loop>(std::move(socket), options, error);
  }

  void open(const asio::any_io_executor& executor, const asio::ip::udp::endpoint& endpoint,
            const receive_options& options, std::error_code& error) {
    auto socket = detail::open_socket(executor, endpoint, options, error);
    // After a failure, creates a loop that cannot start, for metadata() and socket().
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
