// What every way of receiving has in common: slots, the batch in hand, the account. It does not
// know what wakes it up.
#pragma once

#include <ancillary/decoders/detail/header_sequence.hpp>
#include <ancillary/decoders/layout.hpp>
#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/detail/relaxed_counter.hpp>
#include <ancillary/recvmsg/detail/replies.hpp>
#include <ancillary/recvmsg/detail/slot.hpp>
#include <ancillary/recvmsg/handler.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/receive_error.hpp>
#include <ancillary/recvmsg/receive_options.hpp>
#include <ancillary/recvmsg/slot_pool.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <system_error>

namespace ancillary::detail {

class batch_source;
class coalescing_watch;
struct receive_result;

// The next datagram of a batch to be handed over: the slot, and the byte within a coalesced one.
struct batch_position {
  std::size_t index = 0;
  std::size_t offset_bytes = 0;
};

// The request of the options; coalesced buffers are not to be larger than a slot.
[[nodiscard]] metadata_request coalescing_limited(const receive_options& options) noexcept;

class receive_core : public receive_control {
public:
  receive_core(const receive_core&) = delete;
  receive_core& operator=(const receive_core&) = delete;
  virtual ~receive_core();

  [[nodiscard]] receive_counters counters() const noexcept final;
  [[nodiscard]] const metadata_report& report() const noexcept { return report_; }
  [[nodiscard]] const slot_pool& pool() const noexcept { return *pool_; }

  // No further call of the handler is to begin.
  [[nodiscard]] bool stopped() const noexcept { return stopped_.load(std::memory_order_relaxed); }

  // Replies of the handler: what became of them, and by which way they leave.
  [[nodiscard]] send_counters reply_counters() const noexcept { return replies_.counters(); }
  [[nodiscard]] replies& queued_replies() noexcept { return replies_; }

  // For whoever hands over: datagrams that a filter refused.
  void count_filtered(std::uint64_t datagrams) noexcept { count_.filtered.add(datagrams); }

  std::function<void(const receive_error&)> error_handler;
  std::function<void(bool paused)> pause_handler;

protected:
  receive_core();

  // Hands over what begins at `position`, and leaves that behind what was handed over, also after
  // an exception, so that the rest can follow. Returns early when `stopped()`.
  virtual void deliver(std::span<slot* const> batch, batch_position& position) = 0;

  // Watches a socket on which coalescing was granted as the options say.
  void watch_coalescing(const receive_options& options, field_set granted);

  // What will be reported with each datagram, and how it is laid out.
  void expect(field_set granted, layout_id layout) noexcept;

  // The pool of the options, or one made for what report() says was granted.
  void use_pool(const receive_options& options);
  void take_pool(std::shared_ptr<slot_pool> pool, const receive_options& options);

  // False when the window is another's at the moment.
  [[nodiscard]] bool acquire_window() noexcept;
  void release_window() noexcept;

  // False when every slot is held by retained packets.
  [[nodiscard]] bool refill_window();
  void note_pause();

  // One receive call; what it brought is counted and is then the batch in hand.
  [[nodiscard]] receive_result receive_batch(batch_source& source);

  // Delivers the batch in hand and sends the replies, also when the handler throws. `give_up_rest`:
  // what is left when stopped is discarded, not kept.
  void hand_over(bool give_up_rest);
  // Its slots are free again; what was not delivered is counted as discarded.
  void let_go_of_batch() noexcept;
  [[nodiscard]] bool has_batch() const noexcept { return batch_count_ != 0; }

  void count_error(receive_condition condition) noexcept {
    count_.errors[static_cast<std::size_t>(condition)].add(1);
  }
  void count_wakeup() noexcept { count_.wakeups.add(1); }
  [[nodiscard]] std::uint64_t datagrams() const noexcept { return count_.datagrams.value(); }
  // A datagram that came when nobody wanted any more.
  void discard(slot& filled) noexcept;

  metadata_report report_;
  std::shared_ptr<slot_pool> pool_;
  std::size_t budget_batches_ = 1; // of a turn
  std::atomic<bool> stopped_{true};
  bool holds_window_ = false;
  bool keeps_batch_ = false; // hand_over() leaves it in hand
  replies replies_;
  bool replies_wait_ = false; // for room in the send buffer, before more is received

private:
  struct counter_set {
    relaxed_counter datagrams, bytes, batches, coalesced_buffers, unmarked_coalesced,
        unmarked_dropped, payload_truncated, control_truncated, control_malformed, metadata_missing,
        metadata_duplicate, filtered, discarded_on_stop, kernel_drops, pauses, wakeups;
    std::array<relaxed_counter, receive_condition_count> errors;
  };

  void find_unmarked(batch_source& source) noexcept;
  void account(std::span<slot* const> batch) noexcept;
  [[nodiscard]] bool decode(slot& each) noexcept;
  [[nodiscard]] bool is_ordinary(const metadata_view& metadata) const noexcept;
  [[nodiscard]] bool is_complete(field_set reported) const noexcept;
  [[nodiscard]] std::size_t examine(slot& each) noexcept;
  void discard_rest() noexcept;

  layout_id layout_ = layouts::native::id;
  field_set expected_{}; // granted, and reported with every datagram
  bool expects_ecn_ = false;

  // The headers of a datagram of late, which the next one is likely to have too.
  header_sequence<layouts::native> expected_headers_;
  bool expected_is_ordinary_ =
      false; // nothing in such a buffer that the loop would have to look at

  std::unique_ptr<coalescing_watch> watch_; // empty where nothing is coalesced or guarded

  std::size_t batch_count_ = 0; // slots of the window that are in hand
  batch_position position_{};
  bool paused_ = false;
  counter_set count_;
};

// Throws for a failed set-up, naming the metadata field where one was the reason.
[[noreturn]] void throw_set_up_error(const std::error_code& error, const metadata_report& report);

} // namespace ancillary::detail
