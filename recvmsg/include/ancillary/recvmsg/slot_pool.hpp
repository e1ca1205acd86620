// All memory for receiving, allocated once. Each slot takes its payload capacity plus less than 1
// KiB, with the control capacities that receivers choose. A receiver itself takes less than 4 KiB
// in addition.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/detail/slot.hpp>

#include <cstddef>
#include <memory>

namespace ancillary {

namespace detail {
class window;
}

// The sizes of a pool.
struct slot_pool_options {
  std::size_t batch = 64;              // slots filled by one receive call
  std::size_t payload_capacity = 2048; // payload bytes of a slot
  std::size_t control_capacity = 512;  // control bytes of a slot: fits every field of both families
  std::size_t retainable = 0;          // additional slots, for retained packets
  std::size_t receivers = 1;           // Windows: each has one more slot in a pending receive
};

// Slots for one receiver, or for all receivers of one executor, which take turns: a thousand
// sockets need only one batch of slots. Set it as receive_options::pool.
//
// A slot belongs to the pool, to the system while a receive into it is pending, or to the retained
// packets that hold it. The pool lives until the last receiver and the last retained packet release
// it.
//
// Threads: receivers that share a pool may run on several threads; they take turns, first come,
// first served. A receiver waits at most for the current turn and one turn of each receiver that
// queued before it (receive_options::turn_time limits a turn,
// and the budget of batches that of a drain); receive_counters::longest_pool_wait
// reports the longest wait. A receiver whose executor does not run within 20 ms of its turn is
// skipped, and queues again when it runs. A receiver whose handler threw does not delay the others;
// the rest of its batch keeps its slots.
class ANCILLARY_API slot_pool : public std::enable_shared_from_this<slot_pool> {
public:
  // Throws std::bad_alloc. Expects batch, payload_capacity and control_capacity above 0, and both
  // capacities at most 65,535.
  [[nodiscard]] static std::shared_ptr<slot_pool> make(const slot_pool_options& options);

  // Like make(), which a shared pool requires.
  explicit slot_pool(const slot_pool_options& options);
  slot_pool(const slot_pool&) = delete;
  slot_pool& operator=(const slot_pool&) = delete;
  ~slot_pool();

  // The slots that one receive call fills.
  [[nodiscard]] std::size_t batch() const noexcept { return options_.batch; }
  // The payload bytes of a slot.
  [[nodiscard]] std::size_t payload_capacity() const noexcept { return options_.payload_capacity; }
  // The control bytes of a slot.
  [[nodiscard]] std::size_t control_capacity() const noexcept { return options_.control_capacity; }
  // All slots: those of a batch, the retainable ones and those of pending receives.
  [[nodiscard]] std::size_t slot_count() const noexcept { return slot_count_; }

  // The bytes of the slots and of their payload and control storage.
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return memory_bytes_; }

  // The slots that retained packets hold, or a batch whose delivery was interrupted. Looks at every
  // slot, so that holding one need not be counted. Safe from any thread.
  [[nodiscard]] std::size_t held_count() const noexcept;

  // For the library's own use.
  [[nodiscard]] detail::window& window() noexcept { return *window_; }

private:
  slot_pool_options options_;
  std::size_t slot_count_;
  std::size_t memory_bytes_;
  std::unique_ptr<std::byte[]> storage_;
  std::unique_ptr<detail::slot[]> slots_;
  std::unique_ptr<detail::window> window_;
};

} // namespace ancillary
