// What every way of receiving has in common: the pool, the batch in hand, the account. It does not
// know what wakes it up.
#pragma once

#include <ancillary/decoders/layout.hpp>
#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/detail/batch_account.hpp>
#include <ancillary/recvmsg/detail/reply_queue.hpp>
#include <ancillary/recvmsg/detail/set_up.hpp>
#include <ancillary/recvmsg/detail/slot.hpp>
#include <ancillary/recvmsg/handler.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/receive_error.hpp>
#include <ancillary/recvmsg/receive_options.hpp>
#include <ancillary/recvmsg/slot_pool.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <system_error>
#include <vector>

namespace ancillary::detail {

class batch_source;
class coalescing_watch;
struct receive_result;

// The next datagram of a batch to be handed over: the slot, and the byte within a coalesced one.
struct batch_position {
  std::size_t index = 0;
  std::size_t offset_bytes = 0;
};

class receive_core : public receive_control {
public:
  receive_core(const receive_core&) = delete;
  receive_core& operator=(const receive_core&) = delete;
  virtual ~receive_core();

  [[nodiscard]] receive_counters counters() const noexcept final { return account_.counters(); }
  [[nodiscard]] const metadata_report& report() const noexcept { return report_; }
  [[nodiscard]] const slot_pool& pool() const noexcept { return *pool_; }

  // No further call of the handler is to begin.
  [[nodiscard]] bool stopped() const noexcept { return stopped_.load(std::memory_order_relaxed); }

  // Replies of the handler: what became of them, and by which way they leave.
  [[nodiscard]] send_counters reply_counters() const noexcept { return replies_.counters(); }
  [[nodiscard]] reply_queue& replies() noexcept { return replies_; }

  // For whoever hands over: datagrams that a filter refused.
  void count_filtered(std::uint64_t datagrams) noexcept { account_.count_filtered(datagrams); }

  std::function<void(const receive_error&)> error_handler;
  std::function<void(bool paused)> pause_handler;

protected:
  receive_core();

  // Hands over what begins at `position`, and leaves that behind what was handed over, also after
  // an exception, so that the rest can follow. Returns early when `stopped()`.
  virtual void deliver(std::span<slot* const> batch, batch_position& position) = 0;

  // Set-up: the pool of the options, or one made for what report() says was granted; what will be
  // reported with each datagram; the guard of a socket on which coalescing was granted.
  void use_pool(const receive_options& options);
  void take_pool(std::shared_ptr<slot_pool> pool, const receive_options& options);
  void expect(field_set granted, layout_id layout, const receive_options& options);
  [[nodiscard]] reply_queue_options reply_options_of(const receive_options& options) const noexcept;

  // `who` stands for this loop in the queue for the window. False when it is another's turn.
  [[nodiscard]] bool acquire_window(const void* who) noexcept;
  void release_window() noexcept;

  // False when every slot is held by retained packets.
  [[nodiscard]] bool refill_window();
  void note_pause();

  // One receive call; what it brought is counted and is then the batch in hand.
  [[nodiscard]] receive_result receive_batch(batch_source& source);

  // Delivers the batch in hand and sends the replies, also when the handler throws. `give_up_rest`:
  // what is left when stopped is discarded, not kept.
  void hand_over(bool give_up_rest);
  // Takes what is left of the batch in hand out of the window, so that the window can be released;
  // without memory for that the batch stays and needs_window().
  void keep_rest() noexcept;
  // Returns its slots to the pool; what was not delivered is counted as discarded.
  void let_go_of_batch() noexcept;
  [[nodiscard]] bool has_batch() const noexcept { return batch_count_ != 0 || !rest_.empty(); }
  // The batch in hand needs the window.
  [[nodiscard]] bool needs_window() const noexcept { return batch_count_ != 0; }

  // A datagram that came when nobody wanted any more.
  void discard(slot& filled) noexcept;

  metadata_report report_;
  std::shared_ptr<slot_pool> pool_;
  std::size_t budget_batches_ = 1; // of a turn
  std::chrono::nanoseconds turn_time_{};
  std::atomic<bool> stopped_{true};
  bool holds_window_ = false;
  bool keeps_batch_ = false; // hand_over() leaves it in hand
  reply_queue replies_;
  bool replies_wait_ = false; // for room in the send buffer, before more is received
  batch_account account_;

private:
  [[nodiscard]] std::span<slot* const> in_hand() const noexcept;
  void find_unmarked(batch_source& source) noexcept;
  void discard_rest() noexcept;

  std::unique_ptr<coalescing_watch> watch_; // empty where nothing is coalesced or guarded

  std::size_t batch_count_ = 0; // the first slots of the window are in hand, or those of rest_
  std::vector<slot*> rest_;     // held like retained packets
  batch_position position_{};
  bool paused_ = false;
};

} // namespace ancillary::detail
