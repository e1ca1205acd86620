// Delivers the slots of a batch to a handler, inlined per datagram.
#pragma once

#include <ancillary/recvmsg/detail/receive_core.hpp>
#include <ancillary/recvmsg/filter.hpp>
#include <ancillary/recvmsg/handler.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace ancillary::detail {

// Calls take(begin, bytes) for each datagram of a coalesced buffer from `position` on, and advances
// `position`. If `take` throws, the current datagram counts as taken. Ends early when done()
// returns true. The position stays in a register until the end: storing it for each datagram would
// add a tenth to the cost of the loop.
template <class Done, class Take>
inline void for_each_segment(const slot& from, batch_position& position, Done done, Take take) {
  const std::byte* next = from.payload + position.offset_bytes;
  std::size_t rest_bytes = from.payload_bytes - position.offset_bytes;
  std::size_t bytes = from.segment_bytes;
  try {
    for (; rest_bytes != 0; rest_bytes -= bytes) {
      if (rest_bytes < bytes) { // only the last one
        bytes = rest_bytes;
      }
      if (done()) {
        position.offset_bytes = from.payload_bytes - rest_bytes;
        return;
      }
      take(next, bytes);
      next += bytes;
    }
  } catch (...) {
    position.offset_bytes = from.payload_bytes - (rest_bytes - bytes);
    throw;
  }
  ++position.index;
  position.offset_bytes = 0;
}

// The same for all datagrams of a batch: take(slot, payload).
template <class Done, class Take>
inline void for_each_datagram(std::span<slot* const> batch, batch_position& position, Done done,
                              Take take) {
  std::size_t index = position.index;
  while (index != batch.size() && !done()) {
    const slot& from = *batch[index];
    ++index;
    if (from.segment_bytes == 0) [[likely]] {
      position.index = index;
      take(from, from.payload_span());
    } else {
      for_each_segment(from, position, done, [&](const std::byte* begin, std::size_t bytes) {
        take(from, std::span(begin, bytes));
      });
      index = position.index;
    }
  }
}

template <class Argument, class Handler>
inline void call(Handler& handler, const Argument& argument, receive_control& control) {
  if constexpr (std::invocable<Handler&, const Argument&>) {
    handler(argument);
  } else {
    handler(argument, control);
  }
}

// The packets of one call of a batch handler. Allocates its memory on first use.
class packet_list {
public:
  // The most packets of one call; only large batches and coalesced buffers need several calls.
  static constexpr std::size_t capacity = 64;

  packet_list() noexcept = default;
  packet_list(const packet_list&) = delete;
  packet_list& operator=(const packet_list&) = delete;
  ~packet_list() {
    if (packets_ != nullptr) {
      std::allocator<packet>().deallocate(packets_, capacity);
    }
  }

  void clear() {
    if (packets_ == nullptr) {
      packets_ = std::allocator<packet>().allocate(capacity);
    }
    count_ = 0;
  }

  // At most `capacity` times after clear().
  void push(const packet& next) noexcept { std::construct_at(packets_ + count_++, next); }

  [[nodiscard]] bool full() const noexcept { return count_ == capacity; }
  [[nodiscard]] std::span<const packet> packets() const noexcept { return {packets_, count_}; }

private:
  static_assert(std::is_trivially_destructible_v<packet>);

  packet* packets_ = nullptr;
  std::size_t count_ = 0;
};

// The result of the filters around a handler; a datagram for which they throw counts as rejected.
template <class Handler>
bool wanted(Handler& handler, const packet& next, receive_core& core) {
  try {
    if (accepted(handler, next)) {
      return true;
    }
  } catch (...) {
    core.count_filtered(1);
    throw;
  }
  core.count_filtered(1);
  return false;
}

template <datagram_handler Handler>
void deliver_to(Handler& handler, packet_list& list, receive_core& core,
                std::span<slot* const> batch, batch_position& position) {
  auto& target = innermost(handler);
  if constexpr (packet_handler<Handler>) {
    for_each_datagram(
        batch, position, [&] { return core.stopped(); },
        [&](const slot& from, std::span<const std::byte> payload) {
          const packet next(from, payload);
          if (wanted(handler, next, core)) {
            call<packet>(target, next, core);
          }
        });
  } else {
    while (position.index != batch.size() && !core.stopped()) {
      list.clear();
      std::exception_ptr thrown; // by a filter; the datagrams accepted before are delivered first
      try {
        for_each_datagram(
            batch, position, [&] { return list.full(); },
            [&](const slot& from, std::span<const std::byte> payload) {
              const packet next(from, payload);
              if (wanted(handler, next, core)) {
                list.push(next);
              }
            });
      } catch (...) {
        thrown = std::current_exception();
      }
      if (!list.packets().empty()) {
        call<std::span<const packet>>(target, list.packets(), core);
      }
      if (thrown) {
        std::rethrow_exception(thrown);
      }
    }
  }
}

// A way of receiving, `Base`, completed with a handler.
template <class Base, datagram_handler Handler>
class delivery final : public Base {
public:
  template <class... Arguments>
  explicit delivery(Handler handler, Arguments&&... arguments)
      : Base(std::forward<Arguments>(arguments)...), handler_(std::move(handler)) {}

private:
  void deliver(std::span<slot* const> batch, batch_position& position) override {
    deliver_to(handler_, list_, *this, batch, position);
  }

  Handler handler_;
  packet_list list_;
};

} // namespace ancillary::detail
