// The datagrams that wait for their lane, where lanes share a socket and are steered by content.
#pragma once

#include "common/handler_memory.hpp"
#include "platform/driver.hpp"
#include <ancillary/recvmsg/detail/relaxed_counter.hpp>
#include <ancillary/recvmsg/slot_pool.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace ancillary {
struct receive_counters;
}

namespace ancillary::detail {

// Context: Windows delivers a port's datagrams to one socket, and its pending receives complete in
// any thread. Choice: one loop receives (lane_reader) and puts the slots into the queue of their
// lane, as retained packets. The loop of the lane is an ordinary one whose driver takes them from
// the queue, so its order, replies, pauses, counters and stop are those of every loop. One reader,
// because two would reorder the datagrams of a connection. The lane copies a datagram into a slot
// of its own pool, so a handler that retains packets uses up only its own lane's slots, and the
// reader, which limits the rate, copies nothing. Rejected: calling the handler of another lane
// under a lock, where a slow lane stops the others; pausing the reader while a queue is full, which
// does the same.
class lane_queue {
public:
  // Holds at most `capacity` slots of the reader's pool. Wakes the lane's loop on `executor`.
  lane_queue(std::size_t capacity, const asio::any_io_executor& executor);

  // On the reader's thread, during its turn: adds a slot of its window, or counts it as dropped.
  void push(std::shared_ptr<slot_pool>& pool, slot& filled) noexcept;

  // For the lane's driver. `take` fills `into` from the front and returns the rest of the queue's
  // size in `left`; give the slots back by let_go.
  [[nodiscard]] std::size_t take(std::span<slot*> into, std::size_t& left) noexcept;
  void let_go(std::span<slot* const> taken) noexcept;
  void wait(const std::shared_ptr<wakeable>& loop);
  void end_wait() noexcept;
  // Discards what is queued and what is pushed from now on.
  void close() noexcept;

  // Adds what the lane's loop did not see. Safe from any thread.
  void add_to(receive_counters& counters) const noexcept;

private:
  struct completion;

  void wake() noexcept; // with the lock
  void count(relaxed_counter& reason, const slot& lost) noexcept;

  mutable std::mutex mutex_;
  std::shared_ptr<slot_pool> pool_; // of the reader
  std::vector<slot*> ring_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  bool closed_ = false;

  // Never expires: a wait that needs no memory when it ends, and keeps the context running.
  asio::steady_timer wait_;
  bool waits_ = false;
  handler_memory memory_;

  relaxed_counter full_, discarded_, bytes_; // written with the lock
};

// Receives from a queue instead of the socket.
class lane_driver final : public driver {
public:
  // `socket_driver` is the lane's driver of the shared socket, which receives nothing.
  lane_driver(std::unique_ptr<driver> socket_driver, std::shared_ptr<lane_queue> queue,
              std::size_t batch);

  [[nodiscard]] layout_id layout() const noexcept override { return socket_driver_->layout(); }
  [[nodiscard]] receive_result receive(window& slots) noexcept override;
  [[nodiscard]] bool stop_coalescing() noexcept override {
    return socket_driver_->stop_coalescing();
  }
  [[nodiscard]] bool arm(const std::shared_ptr<wakeable>& loop, window& slots) override;
  void cancel() noexcept override { queue_->end_wait(); }
  [[nodiscard]] abandoned_slot abandon() noexcept override;

private:
  std::unique_ptr<driver> socket_driver_;
  std::shared_ptr<lane_queue> queue_;
  std::vector<slot*> taken_;
};

} // namespace ancillary::detail
