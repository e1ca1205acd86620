// One datagram and what is known of it.
#pragma once

#include <ancillary/decoders/metadata_view.hpp>
#include <ancillary/recvmsg/detail/slot.hpp>
#include <ancillary/recvmsg/outgoing.hpp>

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <memory>
#include <span>

namespace ancillary {

class slot_pool;
class retained_packet;

// A received datagram, valid until the handler that was given it returns; `retain()` keeps it
// longer. Reading it touches nothing but its slot. A datagram of a coalesced buffer has a payload
// of its own and shares everything else with its neighbours.
class packet {
public:
  // Network bytes, exactly one datagram unless coalesced_unmarked(); empty for a datagram without
  // payload.
  [[nodiscard]] std::span<const std::byte> payload() const noexcept { return payload_; }

  // The sender. On a dual-stack socket an IPv4 sender has a v4-mapped address.
  [[nodiscard]] const asio::ip::udp::endpoint& remote() const noexcept { return slot_->remote; }

  // What the system reported; each field is read from the control buffer when it is asked for.
  [[nodiscard]] const metadata_view& metadata() const noexcept { return slot_->metadata; }

  // The datagram was longer than the payload capacity; what did not fit is lost. Of a coalesced
  // buffer it is said of each datagram, and is true of the last.
  [[nodiscard]] bool payload_truncated() const noexcept {
    return has(detail::slot_flag::payload_truncated);
  }

  // The control buffer was too short: some or all metadata is lost, the payload is whole.
  [[nodiscard]] bool control_truncated() const noexcept {
    return has(detail::slot_flag::control_truncated);
  }

  // Some control bytes made no sense: metadata().error() says which, or else it is a segment size
  // of zero or above the payload's, and the payload is left whole. The rest of the metadata stands.
  [[nodiscard]] bool control_malformed() const noexcept {
    return has(detail::slot_flag::control_malformed);
  }

  // Not one datagram but several, and the system did not say where they begin: found by the
  // receiver's coalescing_guard.
  [[nodiscard]] bool coalesced_unmarked() const noexcept {
    return has(detail::slot_flag::coalesced_unmarked);
  }

  // Sent to a link-layer or IP broadcast. From the system's flag where it has one (Windows), else
  // from the destination, so field::destination must have been granted.
  [[nodiscard]] bool broadcast() const noexcept;

  // Sent to a multicast group; known in the same ways.
  [[nodiscard]] bool multicast() const noexcept;

  // Takes the slot along, without a copy: for later, or for another thread. As long as retained
  // packets hold slots the receiver has fewer; when it has none it pauses
  // (receive_options::retainable).
  [[nodiscard]] retained_packet retain() const;

  // Sends bytes back to the sender, from the address and by the interface that the datagram came to
  // (see reply_to). It leaves when the handler calls of this batch are done, in one call together
  // with the other replies where the system can, or earlier when they are many; also when the
  // handler throws or stops the receiver. What becomes of it is counted (reply_counters()).
  //
  // The bytes are copied, unless they lie in this datagram's payload(). Only from inside a handler,
  // on its thread; elsewhere, and for a retained packet, use reply_to() and a `sender`.
  void reply(std::span<const std::byte> payload, const reply_options& options = {}) const;

  // For the library's own use.
  [[nodiscard]] std::span<const std::byte> slot_payload() const noexcept {
    return slot_->payload_span();
  }
  packet(const detail::slot& slot, std::span<const std::byte> payload) noexcept
      : slot_(&slot), payload_(payload) {}

protected:
  [[nodiscard]] bool has(std::uint8_t flag) const noexcept { return (slot_->flags & flag) != 0; }

  const detail::slot* slot_;
  std::span<const std::byte> payload_;
};

// A packet that outlives its handler. Copies share the slot; the last one gives it back. Holders
// may be on any threads, each its own copy; the receiver may be gone already.
class retained_packet : public packet {
public:
  retained_packet(const retained_packet& other) noexcept;
  retained_packet(retained_packet&& other) noexcept;
  retained_packet& operator=(retained_packet other) noexcept;
  ~retained_packet();

  // Its batch is over: use reply_to() and a `sender`.
  void reply(std::span<const std::byte>, const reply_options& = {}) const = delete;

private:
  friend class packet;
  retained_packet(const packet& base, std::shared_ptr<slot_pool> pool) noexcept;

  std::shared_ptr<slot_pool> pool_; // empty: moved from
};

} // namespace ancillary
