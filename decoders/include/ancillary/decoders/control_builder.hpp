#pragma once

#include "ancillary/decoders/detail/bytes.hpp"
#include "ancillary/decoders/fields.hpp"
#include "ancillary/decoders/layout.hpp"
#include "ancillary/decoders/metadata.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace ancillary {

// Writes control messages into the caller's buffer, which must outlive the builder: for sending, or
// to make the buffer that a receive would fill. Works for any layout on any host.
//
// Each function appends one message and returns true. It returns false and leaves bytes() unchanged
// if the message does not fit or the layout has no such message. Padding is zeroed.
template <control_layout Layout>
class control_builder {
public:
  // Begins without messages. `storage` limits the bytes of all messages together.
  constexpr explicit control_builder(std::span<std::byte> storage) noexcept : storage_(storage) {}

  // The messages written so far, including the padding of the last one.
  constexpr std::span<const std::byte> bytes() const noexcept { return storage_.first(used_); }
  // Removes all messages; the storage is used again from its beginning.
  constexpr void clear() noexcept { used_ = 0; }

  // The fields that a received control message of this layout can carry.
  static constexpr field_set carries() noexcept;

  // Appends any message.
  constexpr bool message(std::int32_t level, std::int32_t type,
                         std::span<const std::byte> data) noexcept {
    std::byte* const at = append({level, type}, data.size());
    if (at != nullptr) {
      detail::copy_bytes(at, data.data(), data.size());
    }
    return at != nullptr;
  }

  // Messages as a receive reports them.

  // `local` is Linux's ipi_spec_dst; ignored on Windows and for IPv6.
  constexpr bool destination(const ip_address& address, std::uint32_t interface_index,
                             const ip_address& local = {}) noexcept {
    return pktinfo(address, interface_index, local);
  }
  // IP_RECVIF, IPV6_RECVIF. Windows.
  constexpr bool receive_interface(std::uint32_t index, ip_family family = ip_family::v4) noexcept {
    if constexpr (windows) {
      return u32(pick(family, is::receive_interface_v4, is::receive_interface_v6), index);
    } else {
      return no_message(index, family);
    }
  }
  // IP_ORIGINAL_ARRIVAL_IF. Windows.
  constexpr bool original_arrival_interface(std::uint32_t index,
                                            ip_family family = ip_family::v4) noexcept {
    if constexpr (windows) {
      return u32(pick(family, is::original_arrival_v4, is::original_arrival_v6), index);
    } else {
      return no_message(index, family);
    }
  }
  // IP_TTL, IPV6_HOPLIMIT.
  constexpr bool hop_limit(std::uint8_t value, ip_family family) noexcept {
    return send_hop_limit(value, family);
  }
  // IP_TOS, IPV6_TCLASS, with the width that the system uses in a receive.
  constexpr bool traffic_class(ancillary::traffic_class octet, ip_family family) noexcept {
    if constexpr (!windows) {
      // linux/net/ipv4/ip_sockglue.c, ip_cmsg_recv_tos: one byte.
      if (family == ip_family::v4) {
        std::byte* const at = append(is::traffic_class_v4, 1);
        if (at != nullptr) {
          *at = std::byte{octet.value};
        }
        return at != nullptr;
      }
    }
    return send_traffic_class(octet, family);
  }
  // IP_ECN, IPV6_ECN. Windows.
  constexpr bool ecn(ecn_codepoint codepoint, ip_family family) noexcept {
    if constexpr (windows) {
      return send_ecn(codepoint, family);
    } else {
      return no_message(codepoint, family);
    }
  }
  // UDP_COALESCED_INFO, UDP_GRO: bytes of each datagram in the payload.
  constexpr bool segment_bytes(std::uint32_t bytes) noexcept {
    return u32(is::segment_bytes, bytes);
  }
  // Windows supports only performance_counter, Linux only realtime.
  constexpr bool timestamp(const ancillary::timestamp& when) noexcept;
  // Supports only the hardware clock.
  constexpr bool hardware_timestamp(const ancillary::timestamp& when) noexcept;
  // SCM_TIMESTAMPING_PKTINFO. Linux.
  constexpr bool hardware_timestamp_origin(const timestamp_origin& origin) noexcept;
  // SO_RXQ_OVFL: datagrams, modulo 2^32. Linux.
  constexpr bool dropped_total(std::uint32_t count) noexcept {
    if constexpr (windows) {
      return no_message(count);
    } else {
      return u32(is::dropped_total, count);
    }
  }
  // IP_ORIGDSTADDR, IPV6_ORIGDSTADDR. Linux.
  constexpr bool original_destination(const socket_address& endpoint) noexcept;
  // IP_WFP_REDIRECT_RECORDS, with any bytes. Windows.
  constexpr bool redirect_records(std::span<const std::byte> opaque,
                                  ip_family family = ip_family::v4) noexcept {
    if constexpr (windows) {
      const auto type = pick(family, is::redirect_records_v4, is::redirect_records_v6);
      return message(type.level, type.type, opaque);
    } else {
      return no_message(opaque, family);
    }
  }
  // IP_WFP_REDIRECT_CONTEXT, with any bytes. Windows.
  constexpr bool redirect_context(std::span<const std::byte> opaque,
                                  ip_family family = ip_family::v4) noexcept {
    if constexpr (windows) {
      const auto type = pick(family, is::redirect_context_v4, is::redirect_context_v6);
      return message(type.level, type.type, opaque);
    } else {
      return no_message(opaque, family);
    }
  }

  // Appends a message for each field of `values` that the layout carries: all of them, or none and
  // returns false if they do not fit or the layout carries none of the fields. The messages are
  // those of the destination's family, or of IPv4 without a destination. The interface index is
  // part of the destination's message and is omitted without one, as is the origin of a hardware
  // timestamp without that. So is a timestamp whose clock the layout does not support.
  constexpr bool metadata(const ancillary::metadata& values) noexcept;

  // Messages as a send accepts them.

  // The source address and the outgoing interface; 0 lets the system choose.
  constexpr bool source(const ip_address& address, std::uint32_t interface_index) noexcept {
    return windows || address.is_v6() ? pktinfo(address, interface_index, {})
                                      : pktinfo({}, interface_index, address);
  }
  // IP_TTL, IPV6_HOPLIMIT.
  constexpr bool send_hop_limit(std::uint8_t value, ip_family family) noexcept {
    return u32(pick(family, is::hop_limit_v4, is::hop_limit_v6), value);
  }
  // IP_TOS, IPV6_TCLASS: DSCP and ECN together.
  constexpr bool send_traffic_class(ancillary::traffic_class octet, ip_family family) noexcept {
    return u32(pick(family, is::traffic_class_v4, is::traffic_class_v6), octet.value);
  }
  // Linux has no message for ECN alone: there this sets the whole traffic class, with DSCP 0.
  constexpr bool send_ecn(ecn_codepoint codepoint, ip_family family) noexcept {
    const auto value = static_cast<std::uint8_t>(codepoint);
    if constexpr (windows) {
      return u32(pick(family, is::ecn_v4, is::ecn_v6), value);
    } else {
      return send_traffic_class({value}, family);
    }
  }
  // Splits the payload into datagrams of `bytes` bytes. Linux accepts at most 65,535.
  constexpr bool send_segment_bytes(std::uint32_t bytes) noexcept;

private:
  using is = typename Layout::messages;
  static constexpr bool windows = is_windows_layout<Layout>;

  static constexpr message_type pick(ip_family family, message_type v4, message_type v6) noexcept {
    return family == ip_family::v4 ? v4 : v6;
  }
  template <class... Ignored>
  constexpr bool no_message(const Ignored&...) const noexcept {
    return false;
  }

  // Appends a header and padding with room for `data_bytes` of data, which the caller writes.
  // Returns null if the message does not fit.
  constexpr std::byte* append(message_type type, std::size_t data_bytes) noexcept;
  constexpr bool u32(message_type type, std::uint32_t value) noexcept;
  // A timespec behind `empty_stamps` that are zero; `wide` is for times that overflow 32 bits.
  constexpr bool timespec(std::int64_t ns, message_type old, message_type wide,
                          std::size_t empty_stamps) noexcept;
  constexpr bool pktinfo(const ip_address& address, std::uint32_t interface_index,
                         const ip_address& local) noexcept;

  std::span<std::byte> storage_;
  std::size_t used_ = 0;
};

namespace detail {
template <std::size_t Bytes>
struct control_storage {
  std::array<std::byte, Bytes> storage{};
};
} // namespace detail

// A control_builder with its own storage. Neither copyable nor movable.
template <control_layout Layout, std::size_t Bytes>
class fixed_control_builder : private detail::control_storage<Bytes>,
                              public control_builder<Layout> {
public:
  // Begins without messages.
  constexpr fixed_control_builder() noexcept : control_builder<Layout>(this->storage) {}
  fixed_control_builder(const fixed_control_builder&) = delete;
  fixed_control_builder& operator=(const fixed_control_builder&) = delete;
};

} // namespace ancillary

#include "ancillary/decoders/detail/control_builder_impl.hpp"
