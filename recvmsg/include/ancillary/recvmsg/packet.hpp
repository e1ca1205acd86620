// One datagram and its metadata.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/decoders/metadata_view.hpp>
#include <ancillary/recvmsg/detail/slot.hpp>
#include <ancillary/recvmsg/outgoing.hpp>

#include <asio/ip/udp.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace ancillary {

class slot_pool;
class retained_packet;

// A received datagram, valid until its handler returns; `retain()` extends that. Reading it
// accesses only its slot. Each datagram of a coalesced buffer has its own payload and shares
// everything else with the others.
class ANCILLARY_API packet {
public:
  // Exactly one datagram unless coalesced_unmarked(); empty for a datagram without payload.
  [[nodiscard]] std::span<const std::byte> payload() const noexcept { return payload_; }

  // The sender. On a dual-stack socket an IPv4 sender has a v4-mapped address.
  [[nodiscard]] const asio::ip::udp::endpoint& remote() const noexcept { return slot_->remote; }

  // The metadata that the system reported; each accessor reads the control buffer.
  [[nodiscard]] const metadata_view& metadata() const noexcept { return slot_->metadata; }

  // The datagram was longer than the payload capacity and was truncated. For a coalesced buffer,
  // set on each datagram, although only the last one is truncated.
  [[nodiscard]] bool payload_truncated() const noexcept {
    return has(detail::slot_flag::payload_truncated);
  }

  // The payload's size before it was truncated: payload().size() of a datagram that was not.
  // nullopt if it was truncated and the system does not tell the size (Windows).
  [[nodiscard]] std::optional<std::size_t> original_bytes() const noexcept;

  // The control buffer was too small: some or all metadata is lost, the payload is complete.
  [[nodiscard]] bool control_truncated() const noexcept {
    return has(detail::slot_flag::control_truncated);
  }

  // The control buffer has invalid contents: metadata().error() tells which, or the segment size is
  // zero or above the payload's size and the payload is not split. Other metadata remains valid.
  [[nodiscard]] bool control_malformed() const noexcept {
    return has(detail::slot_flag::control_malformed);
  }

  // Several datagrams in one payload without a segment size, found by the receiver's
  // coalescing_guard.
  [[nodiscard]] bool coalesced_unmarked() const noexcept {
    return has(detail::slot_flag::coalesced_unmarked);
  }

  // Sent to a link-layer or IP broadcast address. From the system's flag where available (Windows),
  // else from the destination, which requires field::destination.
  [[nodiscard]] bool broadcast() const noexcept;

  // Sent to a multicast group; determined in the same way.
  [[nodiscard]] bool multicast() const noexcept;

  // Keeps the slot, without a copy, for later or for another thread. Retained packets reduce the
  // slots of the receiver, which pauses when none is left (receive_options::retainable).
  [[nodiscard]] retained_packet retain() const;

  // Sends bytes back to the sender, from the address and the interface where the datagram arrived
  // (see reply_to). The reply leaves after the handler calls of this batch, in one call with the
  // other replies if the system supports it, or earlier if there are many; also if the handler
  // throws or stops the receiver. reply_counters() counts the result.
  //
  // The bytes are copied, unless they are part of this datagram's payload(). Only inside a handler,
  // on its thread; elsewhere, and for a retained packet, use reply_to() and a `sender`.
  void reply(std::span<const std::byte> payload, const reply_options& options = {}) const;

  // For the library's own use.
  [[nodiscard]] std::span<const std::byte> slot_payload() const noexcept {
    return slot_->payload_span();
  }
  // For the library's own use.
  packet(const detail::slot& slot, std::span<const std::byte> payload) noexcept
      : slot_(&slot), payload_(payload) {}

protected:
  // For the library's own use.
  [[nodiscard]] bool has(std::uint8_t flag) const noexcept { return (slot_->flags & flag) != 0; }

  const detail::slot* slot_;           // for the library's own use
  std::span<const std::byte> payload_; // for the library's own use
};

// A packet that outlives its handler. Copies share the slot; the last one releases it. Copies may
// be used on different threads, and may outlive the receiver.
class ANCILLARY_API retained_packet : public packet {
public:
  // Shares the slot with `other`.
  retained_packet(const retained_packet& other) noexcept;
  // Takes the slot from `other`, which may then only be assigned to or destroyed.
  retained_packet(retained_packet&& other) noexcept;
  // Releases the slot held so far and takes or shares that of `other`.
  retained_packet& operator=(retained_packet other) noexcept;
  // Releases the slot; safe on any thread.
  ~retained_packet();

  // Its batch is over: use reply_to() and a `sender`.
  void reply(std::span<const std::byte>, const reply_options& = {}) const = delete;

private:
  friend class packet;
  retained_packet(const packet& base, std::shared_ptr<slot_pool> pool) noexcept;

  std::shared_ptr<slot_pool> pool_; // empty: moved from
};

} // namespace ancillary
