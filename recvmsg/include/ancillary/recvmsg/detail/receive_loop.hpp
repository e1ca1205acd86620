// The part of a receiver that does not depend on its handler: turns, slots, errors, the account.
#pragma once

#include <ancillary/decoders/layout.hpp>
#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/detail/slot.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/receive_error.hpp>
#include <ancillary/recvmsg/receive_options.hpp>
#include <ancillary/recvmsg/slot_pool.hpp>

#include <array>
#include <asio/any_io_executor.hpp>
#include <asio/ip/udp.hpp>
#include <asio/steady_timer.hpp>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <system_error>

namespace ancillary::detail {

class driver;

// A counter with one writer, the loop, and readers on any thread. A write is a plain load, add and
// store.
class relaxed_counter {
public:
  void add(std::uint64_t n) noexcept { set(value() + n); }
  void set(std::uint64_t n) noexcept { value_.store(n, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

private:
  std::atomic<std::uint64_t> value_{0};
};

// The next datagram of a batch to be handed over: the slot, and the byte within a coalesced one.
struct batch_position {
  std::size_t index = 0;
  std::size_t offset_bytes = 0;
};

// One loop over one socket. A pending wake-up holds a reference to it, so it outlives its receiver
// until the system has given everything back.
//
// A turn: woken -> window acquired -> up to `budget` batches received, decoded, delivered -> armed
// again.
class receive_loop : public std::enable_shared_from_this<receive_loop> {
public:
  // Sets up an open socket. On error the loop holds the socket and the report, and cannot be
  // started.
  receive_loop(asio::ip::udp::socket socket, const receive_options& options,
               std::error_code& error);

  // Over a given driver; what tests use. The socket lends its executor and may be closed.
  receive_loop(asio::ip::udp::socket socket, std::unique_ptr<driver> source,
               std::shared_ptr<slot_pool> pool, field_set granted, const receive_options& options);

  receive_loop(const receive_loop&) = delete;
  receive_loop& operator=(const receive_loop&) = delete;
  virtual ~receive_loop();

  void start();
  void stop() noexcept;
  void close() noexcept;

  // Called by the driver, on the socket's executor, once for each arming.
  void on_wake();

  // Called on the executor when a window or slots that this loop waited for may be there.
  void resume();

  [[nodiscard]] const metadata_report& report() const noexcept { return report_; }
  [[nodiscard]] receive_counters counters() const noexcept;
  [[nodiscard]] asio::ip::udp::socket& socket() noexcept { return socket_; }
  [[nodiscard]] const slot_pool& pool() const noexcept { return *pool_; }
  [[nodiscard]] asio::any_io_executor executor() { return socket_.get_executor(); }

  std::function<void(const receive_error&)> error_handler;

protected:
  // Hands over what begins at `position`, which it moves past each datagram before handing it over,
  // so that after an exception the rest can follow. Returns early when `stopped()`.
  virtual void deliver(std::span<slot* const> batch, batch_position& position) = 0;

  [[nodiscard]] bool stopped() const noexcept { return stopped_.load(std::memory_order_relaxed); }

private:
  struct counter_set {
    relaxed_counter datagrams, bytes, batches, coalesced_buffers, payload_truncated,
        control_truncated, control_malformed, metadata_missing, metadata_duplicate,
        discarded_on_stop, kernel_drops, pauses, wakeups;
    std::array<relaxed_counter, receive_condition_count> errors;
  };

  // Who calls next. Only `stop()` and `resume()` come from outside the chain of turns.
  enum class loop_state : std::uint8_t {
    idle,      // nobody: not started, or stopped and finished
    armed,     // the driver, or the timer after a failure
    waiting,   // the pool
    suspended, // ourselves, to hand over what is left after a handler threw; the window is held
    running,
  };
  enum class next_step : std::uint8_t { arm, back_off, wait_for_slot, end };

  void set_up(const receive_options& options, std::error_code& error);
  void begin_turn(bool receive);
  [[nodiscard]] next_step receive_batches();
  void hand_over();
  void account(std::span<slot* const> batch) noexcept;
  [[nodiscard]] std::size_t examine(slot& each) noexcept;
  [[nodiscard]] next_step handle(receive_error error);
  void end_turn(next_step next);
  void discard_rest() noexcept;
  void finish() noexcept;

  asio::ip::udp::socket socket_;
  metadata_report report_;
  std::shared_ptr<slot_pool> pool_;
  std::unique_ptr<driver> driver_;
  layout_id layout_ = layouts::native::id;
  field_set expected_{}; // granted, and reported with every datagram
  std::size_t budget_batches_;

  std::size_t batch_count_ = 0; // slots of the window that are being handed over
  batch_position position_{};
  bool holds_window_ = false;
  unsigned failures_in_a_row_ = 0;

  std::atomic<loop_state> state_{loop_state::idle};
  std::atomic<bool> stopped_{true};
  std::mutex arming_; // orders arming against stop() from another thread
  asio::steady_timer retry_;
  counter_set count_;
};

// Opens and binds a socket as the options say.
[[nodiscard]] asio::ip::udp::socket open_socket(const asio::any_io_executor& executor,
                                                const asio::ip::udp::endpoint& endpoint,
                                                const receive_options& options,
                                                std::error_code& error);

// Throws for a failed set-up, naming the metadata field where one was the reason.
[[noreturn]] void throw_set_up_error(const std::error_code& error, const metadata_report& report);

} // namespace ancillary::detail
