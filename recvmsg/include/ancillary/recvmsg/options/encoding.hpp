// What the option classes hand to the system: numbers and bytes, as pure functions of the system's
// layout, so that every host can tell what any of them would hand over. Asio users need none of
// this.
#pragma once

#include <ancillary/decoders/ip_address.hpp>
#include <ancillary/decoders/layout.hpp>
#include <ancillary/recvmsg/option_support.hpp>
#include <ancillary/recvmsg/options/interface_selector.hpp>

#include <array>
#include <asio/ip/address.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ancillary::options {

// The first two arguments of getsockopt and setsockopt after the socket.
struct option_number {
  int level = 0;
  int name = 0;
  friend constexpr bool operator==(option_number, option_number) noexcept = default;
};

// Empty where the system has no option of that meaning.
[[nodiscard]] std::optional<option_number>
find_option_number(layout_id system, option_id option, ip_family family, option_use use) noexcept;

// Why a value has no bytes on a system.
enum class encode_refusal : std::uint8_t {
  none,
  no_such_interface,   // an interface was named that is not there
  index_above_24_bits, // Windows tells an IPv4 interface index from an address by its first octet
  index_needed,        // the option takes an index, not an IPv4 address of the interface
  no_such_value        // the value exists on another system only
};

[[nodiscard]] std::string_view to_string(encode_refusal refusal) noexcept;

// Option data of at most `Capacity` bytes.
template <std::size_t Capacity>
struct option_bytes {
  std::array<std::byte, Capacity> storage{};
  std::size_t size = 0;
  encode_refusal refusal = encode_refusal::none;

  // No bytes, and why.
  static constexpr option_bytes refused(encode_refusal why) noexcept {
    option_bytes none;
    none.refusal = why;
    return none;
  }

  constexpr std::span<const std::byte> view() const noexcept {
    return std::span(storage).first(size);
  }
};

// The widest is Linux's ip_mreqn, for IP_MULTICAST_IF.
using scalar_bytes = option_bytes<12>;
// Windows' ip_mreq, Linux's ip_mreqn, ipv6_mreq; ip_mreq_source, group_source_req.
using membership_bytes = option_bytes<264>;

// The states of path MTU discovery, which the systems number differently.
enum class path_mtu_state : std::uint8_t {
  not_set,       // the system's default
  always,        // DF on every packet; one that is larger than the path's MTU is refused
  never,         // DF on none; packets are fragmented
  probe,         // DF on every packet; only the interface's MTU is a limit
  interface_mtu, // Linux: DF on none, fragmented at the interface's MTU, ICMP is not believed
  omit           // Linux: the same, and a packet above the interface's MTU may be fragmented
};

[[nodiscard]] scalar_bytes encode_flag(layout_id system, option_id option, ip_family family,
                                       bool value) noexcept;
[[nodiscard]] scalar_bytes encode_number(std::uint32_t value) noexcept;
[[nodiscard]] scalar_bytes encode_path_mtu_state(layout_id system, path_mtu_state value) noexcept;
[[nodiscard]] scalar_bytes encode_user_mtu(layout_id system,
                                           std::optional<std::uint32_t> value) noexcept;
[[nodiscard]] scalar_bytes encode_interface(layout_id system, option_id option, ip_family family,
                                            const interface_selector& value) noexcept;

// Empty for bytes of a size that the option never has. Systems answer with one byte or with four.
[[nodiscard]] std::optional<std::uint32_t> decode_number(std::span<const std::byte> bytes) noexcept;
[[nodiscard]] std::optional<bool> decode_flag(layout_id system, option_id option, ip_family family,
                                              std::span<const std::byte> bytes) noexcept;
[[nodiscard]] std::optional<path_mtu_state>
decode_path_mtu_state(layout_id system, std::span<const std::byte> bytes) noexcept;
// The outer optional is empty for a wrong size, the inner one for "unspecified".
[[nodiscard]] std::optional<std::optional<std::uint32_t>>
decode_user_mtu(layout_id system, std::span<const std::byte> bytes) noexcept;
[[nodiscard]] std::optional<interface_selector>
decode_interface(layout_id system, option_id option, ip_family family,
                 std::span<const std::byte> bytes) noexcept;

// A membership says by its group which level it belongs to, not by its socket.
struct encoded_membership {
  option_number number;
  membership_bytes bytes;
};

// join_group and leave_group.
[[nodiscard]] encoded_membership encode_membership(layout_id system, option_id option,
                                                   const asio::ip::address& group,
                                                   const interface_selector& selector) noexcept;
// The four that name a source; `source` is of the family of `group`.
[[nodiscard]] encoded_membership
encode_source_membership(layout_id system, option_id option, const asio::ip::address& group,
                         const asio::ip::address& source,
                         const interface_selector& selector) noexcept;

// A WSACMSGHDR of the system's word size, followed by the data.
[[nodiscard]] std::vector<std::byte> encode_redirect(layout_id system, option_id option,
                                                     ip_family family,
                                                     std::span<const std::byte> data);
// The data behind such a header; all bytes where there is none.
[[nodiscard]] std::span<const std::byte> decode_redirect(layout_id system, option_id option,
                                                         std::span<const std::byte> bytes) noexcept;

} // namespace ancillary::options
