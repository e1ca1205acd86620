// The datagrams of one asynchronous receive.
#pragma once

#include <ancillary/recvmsg/packet.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace ancillary {

namespace detail {
class pull_loop;
}

// A range of packets in order of arrival, filled by async_receiver::async_receive. It refers to the
// receiver's slots: its packets are valid until the next async_receive of that receiver, or until
// the batch is refilled or destroyed. It may outlive the receiver and its io_context.
// `packet::retain()` keeps a packet longer.
class packet_batch {
public:
  // A packet.
  using value_type = packet;
  // A random access iterator.
  using const_iterator = const packet*;

  // An empty batch.
  packet_batch() noexcept = default;
  packet_batch(const packet_batch&) = delete;
  packet_batch& operator=(const packet_batch&) = delete;

  // The first packet.
  [[nodiscard]] const packet* begin() const noexcept { return packets_.data(); }
  // Behind the last packet.
  [[nodiscard]] const packet* end() const noexcept { return packets_.data() + packets_.size(); }
  // The number of packets.
  [[nodiscard]] std::size_t size() const noexcept { return packets_.size(); }
  // Whether there are none.
  [[nodiscard]] bool empty() const noexcept { return packets_.empty(); }
  // One packet. Expects i < size().
  [[nodiscard]] const packet& operator[](std::size_t i) const noexcept { return packets_[i]; }
  // All packets as a span.
  [[nodiscard]] std::span<const packet> packets() const noexcept { return packets_; }

private:
  friend class detail::pull_loop;

  void refer_to(std::span<const packet> packets, std::shared_ptr<const void> owner) noexcept {
    packets_ = packets;
    owner_ = std::move(owner);
  }

  std::span<const packet> packets_;
  std::shared_ptr<const void> owner_; // of the slots
};

} // namespace ancillary
