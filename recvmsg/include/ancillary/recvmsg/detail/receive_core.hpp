// The common part of every way of receiving: the pool, the current batch, the counters. Independent
// of how it is woken.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/decoders/layout.hpp>
#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/detail/batch_account.hpp>
#include <ancillary/recvmsg/detail/reply_queue.hpp>
#include <ancillary/recvmsg/detail/set_up.hpp>
#include <ancillary/recvmsg/detail/slot.hpp>
#include <ancillary/recvmsg/handler.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/occupancy.hpp>
#include <ancillary/recvmsg/receive_error.hpp>
#include <ancillary/recvmsg/receive_options.hpp>
#include <ancillary/recvmsg/slot_pool.hpp>
#include <ancillary/recvmsg/statistics.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

namespace ancillary::detail {

class batch_source;
class coalescing_watch;
class loop_statistics;
struct receive_result;

// The next datagram of a batch to deliver: the slot, and the offset in a coalesced buffer.
struct batch_position {
  std::size_t index = 0;
  std::size_t offset_bytes = 0;
};

class ANCILLARY_API receive_core : public receive_control {
public:
  receive_core(const receive_core&) = delete;
  receive_core& operator=(const receive_core&) = delete;
  virtual ~receive_core();

  [[nodiscard]] receive_counters counters() const noexcept final { return account_.counters(); }
  [[nodiscard]] std::optional<receive_statistics> statistics() const noexcept;
  [[nodiscard]] virtual receive_occupancy occupancy() const noexcept = 0;
  [[nodiscard]] const metadata_report& report() const noexcept { return report_; }
  [[nodiscard]] const slot_pool& pool() const noexcept { return *pool_; }

  // No further call of the handler may begin.
  [[nodiscard]] bool stopped() const noexcept { return stopped_.load(std::memory_order_relaxed); }

  // The counters of the handler's replies.
  [[nodiscard]] send_counters reply_counters() const noexcept { return replies_.counters(); }
  [[nodiscard]] reply_queue& replies() noexcept { return replies_; }

  // Counts datagrams that a filter rejected, for the delivering code.
  void count_filtered(std::uint64_t datagrams) noexcept { account_.count_filtered(datagrams); }

  std::function<void(const receive_error&)> error_handler;
  std::function<void(bool paused)> pause_handler;

protected:
  receive_core();

  // Delivers the datagrams from `position` on. On return and after an exception, `position` is past
  // the datagrams delivered, so that the rest can follow. Returns early when `stopped()`.
  virtual void deliver(std::span<slot* const> batch, batch_position& position) = 0;

  // Set-up: the pool of the options, or one made for the fields granted in report(); the fields
  // expected with each datagram; the guard of a socket for which coalescing was granted.
  void use_pool(const receive_options& options);
  void take_pool(std::shared_ptr<slot_pool> pool, const receive_options& options);
  void expect(field_set granted, layout_id layout, const receive_options& options);
  [[nodiscard]] reply_queue_options reply_options_of(const receive_options& options) const noexcept;

  // occupancy(), with the receive queue of this socket.
  [[nodiscard]] receive_occupancy
  occupancy_with(asio::ip::udp::socket::native_handle_type socket) const noexcept;

  // Queues for the window as `who`. Returns false while it is another loop's turn.
  [[nodiscard]] bool acquire_window(const void* who) noexcept;
  void release_window() noexcept;

  // Returns false if retained packets hold every slot.
  [[nodiscard]] bool refill_window();
  void note_pause();

  // A turn: what receive_statistics::turn_times measures. Without statistics they do nothing.
  void note_turn_begins() noexcept {
    if (statistics_) [[unlikely]] {
      measure_turn(true);
    }
  }
  void note_turn_ends() noexcept {
    if (statistics_) [[unlikely]] {
      measure_turn(false);
    }
  }

  // One receive call. Its datagrams are counted and become the current batch.
  [[nodiscard]] receive_result receive_batch(batch_source& source);

  // Delivers the current batch and sends the replies, also if the handler throws. `give_up_rest`:
  // discards the rest when stopped, instead of keeping it.
  void hand_over(bool give_up_rest);
  // Moves the rest of the current batch out of the window, so that the window can be released. If
  // memory is short, the batch stays and needs_window() remains true.
  void keep_rest() noexcept;
  // Returns the slots of the batch to the pool; counts undelivered datagrams as discarded.
  void let_go_of_batch() noexcept;
  void recycle_batch() noexcept; // the same where the replies have been sent
  [[nodiscard]] bool has_batch() const noexcept { return batch_count_ != 0 || !rest_.empty(); }
  // Whether the current batch needs the window.
  [[nodiscard]] bool needs_window() const noexcept { return batch_count_ != 0; }

  // Counts a datagram that arrived after the stop and discards it.
  void discard(slot& filled) noexcept;

  metadata_report report_;
  std::shared_ptr<slot_pool> pool_;
  std::size_t budget_batches_ = 1; // per turn
  std::chrono::nanoseconds turn_time_{};
  std::atomic<bool> stopped_{true};
  bool holds_window_ = false;
  bool keeps_batch_ = false; // hand_over() keeps the batch
  reply_queue replies_;
  bool replies_wait_ = false; // for room in the send buffer before the next receive
  batch_account account_;

private:
  [[nodiscard]] std::span<slot* const> in_hand() const noexcept;
  void find_unmarked(batch_source& source) noexcept;
  void discard_rest() noexcept;
  void measure_turn(bool begins) noexcept;

  std::unique_ptr<coalescing_watch> watch_;     // null without coalescing or without a guard
  std::unique_ptr<loop_statistics> statistics_; // null unless options ask for it

  std::size_t batch_count_ = 0; // the batch: the first slots of the window, or those of rest_
  std::vector<slot*> rest_;     // held like retained packets
  batch_position position_{};
  bool paused_ = false;
};

} // namespace ancillary::detail
