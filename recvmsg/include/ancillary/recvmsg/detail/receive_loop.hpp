// The part of a receiver that does not depend on its handler: turns, slots, errors, counters.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/detail/asio_classes.hpp>
#include <ancillary/recvmsg/detail/loop_state.hpp>
#include <ancillary/recvmsg/detail/receive_core.hpp>
#include <ancillary/recvmsg/detail/wakeable.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/receive_error.hpp>
#include <ancillary/recvmsg/receive_options.hpp>
#include <ancillary/recvmsg/slot_pool.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/ip/udp.hpp>
#include <asio/steady_timer.hpp>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace ancillary::detail {

class driver;
class window;

// One loop over one socket. A pending wake-up holds a reference to the loop, so it outlives its
// receiver until the system has returned every slot.
//
// A turn: woken -> window acquired -> up to `budget` batches received, decoded, delivered -> armed
// again. loop_state.hpp shows the states between turns.
class ANCILLARY_API receive_loop : public receive_core,
                                   public wakeable,
                                   public std::enable_shared_from_this<receive_loop> {
public:
  // Sets up an open socket. On error, the loop holds the socket and the report and cannot be
  // started.
  receive_loop(asio::ip::udp::socket socket, const receive_options& options, std::error_code& error,
               asio_classes_here = {});

  // The same for a socket shared by several loops; all are stopped before it is closed.
  receive_loop(std::shared_ptr<asio::ip::udp::socket> socket, const receive_options& options,
               std::error_code& error, asio_classes_here = {});

  // With a given driver, for tests. The socket provides the executor and may be closed.
  receive_loop(asio::ip::udp::socket socket, std::unique_ptr<driver> source,
               std::shared_ptr<slot_pool> pool, field_set granted, const receive_options& options);

  ~receive_loop() override;

  void start();
  void stop() noexcept override;
  // Stops like stop(), but after what was received has been delivered and its replies sent. From
  // any thread. Not for loops that receive on demand or share a pool.
  void wind_down() noexcept;
  // Receives again, if wind_down() has ended it, or goes on. On the executor.
  void wind_up();
  // Nothing is pending, and no handler runs. From any thread.
  [[nodiscard]] bool is_idle() const noexcept { return state_.load() == loop_state::idle; }
  // Undoes what another process that shares the socket may have enabled and what changes how many
  // datagrams a buffer has. While stopped.
  void end_foreign_coalescing() noexcept;
  void close() noexcept;

  [[nodiscard]] receive_occupancy occupancy() const noexcept final {
    return occupancy_with(socket_.native_handle());
  }

  // Receives from another driver; before start(). Returns the one used so far.
  std::unique_ptr<driver> exchange_driver(std::unique_ptr<driver> other) noexcept;

  void on_wake() final;
  void resume() final;

  [[nodiscard]] asio::ip::udp::socket& socket() noexcept { return socket_; }
  [[nodiscard]] const std::shared_ptr<asio::ip::udp::socket>& shared_socket() const noexcept {
    return shared_socket_;
  }
  [[nodiscard]] asio::any_io_executor executor() final { return socket_.get_executor(); }

protected:
  // In this mode the loop receives between go_on() and want_no_more(), without loss. A turn that
  // ends by want_no_more() keeps its batch and calls `on_hold` last.
  void receive_on_demand() noexcept {
    keeps_batch_ = true;
    wanted_ = false;
  }
  void want_no_more() noexcept;
  void go_on();
  virtual void on_hold() {}

private:
  enum class next_step : std::uint8_t {
    arm,
    back_off,
    hold,
    wait_for_room,
    wait_for_window,
    wait_for_slot,
    end,
  };

  // receive_loop.cpp: set-up, start and stop, and the time between turns.
  void set_up(const receive_options& options, std::error_code& error);
  void begin_if_idle();
  void cancel_pending() noexcept;
  [[nodiscard]] bool leave(loop_state from) noexcept;
  void end_if_inactive() noexcept;
  void finish() noexcept;
  void let_go() noexcept;
  void hold();
  void wait_for_pool(next_step what);
  void watch_patience();
  void note_patience();

  // turn.cpp: a turn.
  void begin_turn(bool receive);
  void resume_soon();
  [[nodiscard]] next_step receive_batches();
  [[nodiscard]] bool is_over(std::optional<std::chrono::steady_clock::time_point>& since) const;
  [[nodiscard]] next_step hand_over_and_report();
  [[nodiscard]] next_step report_errors();
  [[nodiscard]] next_step weigh(receive_error& error) noexcept;
  [[nodiscard]] next_step handle(receive_error error);
  void end_turn(next_step next, bool says_so);
  [[nodiscard]] bool arm(next_step next);
  void suspend();

  const std::shared_ptr<asio::ip::udp::socket> shared_socket_;
  asio::ip::udp::socket& socket_;
  std::unique_ptr<driver> driver_;

  unsigned failures_in_a_row_ = 0;

  bool wanted_ = true;
  receive_error pending_error_{}; // arrived with the current batch; reported after it
  bool back_off_first_ = false;   // the interrupted turn was to end with a back-off

  bool emptied_ = true; // the last turn emptied the socket

  std::atomic<bool> winding_down_{false};
  bool took_last_batch_ = false; // since wind_down()

  // Keeps the executor running while the loop waits for the pool.
  std::optional<asio::executor_work_guard<asio::any_io_executor>> waiting_work_;
  std::optional<std::chrono::steady_clock::time_point> waits_for_window_since_;

  loop_state_cell state_;
  std::atomic<std::thread::id> turn_thread_{}; // of the current or last turn
  std::mutex arming_;                          // orders arming and stop() from another thread
  asio::steady_timer retry_;
  asio::cancellation_signal stop_waiting_for_room_;
};

} // namespace ancillary::detail
