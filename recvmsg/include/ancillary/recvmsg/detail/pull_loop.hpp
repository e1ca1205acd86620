// A loop that receives one batch for each time that it is asked.
#pragma once

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

// Who waits for the batch. Owned by the loop until one of the two is called, which destroys it.
class batch_waiter {
public:
  enum class from : std::uint8_t { a_wake_up, the_initiation };

  // The handler is called through its executor; never from within the initiation.
  virtual void complete(std::error_code error, from where) = 0;
  virtual void abandon() noexcept = 0;

protected:
  ~batch_waiter() = default;
};

// What a batch refers to. The batch may outlive the receiver, and the context too: it owns memory,
// nothing that belongs to them.
struct batch_storage {
  std::shared_ptr<slot_pool> pool;
  std::vector<packet> packets;
};

// Between two requests the batch stays in hand, and with it the window.
class pull_loop final : public receive_loop {
public:
  pull_loop(asio::ip::udp::socket socket, const receive_options& options, std::error_code& error,
            asio_classes_here = {});
  ~pull_loop() override;

  // Ends the batch of the last time and has `waiter` completed when `into` refers to the next one,
  // or after an error. Expects that nobody waits.
  void wait(batch_waiter& waiter, packet_batch& into);

  // Has the waiter, if there is one, completed with operation_aborted. What comes in stays in the
  // system, or with the driver, for the next time.
  void cancel_wait() noexcept;

  // The context is going down: nothing is completed any more.
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
