// From the slots of a batch to the calls of a handler, inlined per datagram.
#pragma once

#include <ancillary/recvmsg/detail/receive_core.hpp>
#include <ancillary/recvmsg/filter.hpp>
#include <ancillary/recvmsg/handler.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace ancillary::detail {

// The datagram at `position`, which is moved past it.
inline std::span<const std::byte> next_datagram(const slot& from,
                                                batch_position& position) noexcept {
  if (from.segment_bytes == 0) [[likely]] {
    ++position.index;
    return from.payload_span();
  }
  const std::byte* const begin = from.payload + position.offset_bytes;
  const std::size_t rest_bytes = from.payload_bytes - position.offset_bytes;
  if (rest_bytes > from.segment_bytes) {
    position.offset_bytes += from.segment_bytes;
    return {begin, from.segment_bytes};
  }
  position.offset_bytes = 0;
  ++position.index;
  return {begin, rest_bytes};
}

template <class Argument, class Handler>
inline void call(Handler& handler, const Argument& argument, receive_control& control) {
  if constexpr (std::invocable<Handler&, const Argument&>) {
    handler(argument);
  } else {
    handler(argument, control);
  }
}

// A way of receiving, `Base`, made complete with a handler. The packet list of a batch handler is
// kept from batch to batch, so that it is allocated once.
class packet_list {
public:
  // So many packets go into one call; more come from coalesced buffers only.
  static constexpr std::size_t most_packets = 256;

  std::vector<packet>& cleared() {
    packets_.clear();
    packets_.reserve(most_packets);
    return packets_;
  }

private:
  std::vector<packet> packets_;
};

template <datagram_handler Handler>
void deliver_to(Handler& handler, packet_list& list, receive_core& core,
                std::span<slot* const> batch, batch_position& position) {
  auto& target = innermost(handler);
  while (position.index < batch.size() && !core.stopped()) {
    if constexpr (packet_handler<Handler>) {
      const slot& from = *batch[position.index];
      const packet next(from, next_datagram(from, position));
      if (!accepted(handler, next)) {
        core.count_filtered(1);
        continue;
      }
      call<packet>(target, next, core);
    } else {
      std::vector<packet>& packets = list.cleared();
      while (position.index < batch.size() && packets.size() < packet_list::most_packets) {
        const slot& from = *batch[position.index];
        const packet next(from, next_datagram(from, position));
        if (accepted(handler, next)) {
          packets.push_back(next);
        } else {
          core.count_filtered(1);
        }
      }
      if (!packets.empty()) {
        call<std::span<const packet>>(target, std::span<const packet>(packets), core);
      }
    }
  }
}

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
