// A loop that receives one batch per request.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/detail/receive_loop.hpp>
#include <ancillary/recvmsg/packet.hpp>
#include <ancillary/recvmsg/packet_batch.hpp>
#include <ancillary/recvmsg/receive_error.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <system_error>
#include <vector>

namespace ancillary::detail {

class pull_service;

// The waiter for a batch. The loop owns it until it calls one of the two functions, which destroys
// it.
class batch_waiter {
public:
  enum class from : std::uint8_t { a_wake_up, the_initiation };

  // Calls the handler through its executor, never from within the initiation.
  virtual void complete(std::error_code error, from where) = 0;
  virtual void abandon() noexcept = 0;

protected:
  ~batch_waiter() = default;
};

// What a batch refers to. A batch may outlive the receiver and the context: it owns memory and
// refers to neither.
struct batch_storage {
  std::shared_ptr<slot_pool> pool;
  std::vector<packet> packets;
};

// Between requests, the current batch keeps the window.
class ANCILLARY_API pull_loop final : public receive_loop {
public:
  pull_loop(asio::ip::udp::socket socket, const receive_options& options, std::error_code& error,
            asio_classes_here = {});
  ~pull_loop() override;

  // Releases the previous batch, and completes `waiter` when `into` refers to the next batch or
  // after an error. Expects no other waiter.
  void wait(batch_waiter& waiter, packet_batch& into);

  // Completes the waiter, if any, with operation_aborted. Datagrams that arrive remain in the
  // system or in the driver for the next request.
  void cancel_wait() noexcept;

  // The context is being destroyed: drops the waiter without completing it.
  void abandon_wait() noexcept;

  [[nodiscard]] const receive_error& last_error() const noexcept { return last_error_; }

private:
  void deliver(std::span<slot* const> batch, batch_position& position) override;
  void on_hold() override;

  pull_service* service_ = nullptr;
  batch_waiter* waiter_ = nullptr;
  packet_batch* into_ = nullptr;
  std::shared_ptr<batch_storage> storage_;
  std::error_code outcome_;
  receive_error last_error_;
  bool initiating_ = false;
};

} // namespace ancillary::detail
