// The numbers and bytes that the option classes pass to the system, as pure functions of the
// system's layout, so that every host can compute those of any system. Asio users do not need this.
#pragma once

#include <ancillary/decoders/export.hpp>
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

// The level and name arguments of getsockopt and setsockopt.
struct option_number {
  // IPPROTO_IP, IPPROTO_IPV6 or SOL_SOCKET.
  int level = 0;
  // The option's number within its level.
  int name = 0;
  friend constexpr bool operator==(option_number, option_number) noexcept = default;
};

// nullopt if the system has no equivalent option.
[[nodiscard]] ANCILLARY_API std::optional<option_number>
find_option_number(layout_id system, option_id option, ip_family family, option_use use) noexcept;

// Why a system cannot express a value.
enum class encode_refusal : std::uint8_t {
  none,
  no_such_interface,   // no interface has the given name
  index_above_24_bits, // on Windows an IPv4 index shares four bytes with an address
  index_needed,        // the option requires an index, not an IPv4 address
  no_such_value        // the value exists only on another system
};

[[nodiscard]] ANCILLARY_API std::string_view to_string(encode_refusal refusal) noexcept;

// Option data of at most `Capacity` bytes.
template <std::size_t Capacity>
struct option_bytes {
  // The bytes, from the beginning.
  std::array<std::byte, Capacity> storage{};
  // How many of them the option has.
  std::size_t size = 0;
  // Why there are none.
  encode_refusal refusal = encode_refusal::none;

  // No bytes, for the given reason.
  static constexpr option_bytes refused(encode_refusal why) noexcept {
    option_bytes none;
    none.refusal = why;
    return none;
  }

  // The option's bytes. Valid as long as this object.
  constexpr std::span<const std::byte> view() const noexcept {
    return std::span(storage).first(size);
  }
};

// The largest is Linux's ip_mreqn, for IP_MULTICAST_IF.
using scalar_bytes = option_bytes<12>;
// The largest is group_source_req; also ip_mreq, ip_mreqn, ipv6_mreq, ip_mreq_source.
using membership_bytes = option_bytes<264>;

// The states of path MTU discovery, which the systems number differently.
enum class path_mtu_state : std::uint8_t {
  not_set,       // the system's default; Windows refuses to set it, with invalid_argument
  always,        // DF on every packet; a packet above the path's MTU is refused
  never,         // DF on no packet; larger packets are fragmented
  probe,         // DF on every packet; only the interface's MTU limits it
  interface_mtu, // Linux: DF on no packet; uses the interface's MTU, ignores ICMP
  omit           // Linux: the same, but fragments packets above the interface's MTU
};

// An option that is on or off. The width differs between systems.
[[nodiscard]] ANCILLARY_API scalar_bytes encode_flag(layout_id system, option_id option,
                                                     ip_family family, bool value) noexcept;
// A number of four bytes.
[[nodiscard]] ANCILLARY_API scalar_bytes encode_number(std::uint32_t value) noexcept;
// The system's number for the state, or `no_such_value`.
[[nodiscard]] ANCILLARY_API scalar_bytes encode_path_mtu_state(layout_id system,
                                                               path_mtu_state value) noexcept;
// An MTU in bytes; nullopt: the system's number for "unspecified".
[[nodiscard]] ANCILLARY_API scalar_bytes
encode_user_mtu(layout_id system, std::optional<std::uint32_t> value) noexcept;
// An index or an address, in the byte order and the structure of the option.
[[nodiscard]] ANCILLARY_API scalar_bytes encode_interface(layout_id system, option_id option,
                                                          ip_family family,
                                                          const interface_selector& value) noexcept;

// nullopt for a size that the option cannot have. Systems answer with one byte or four.
[[nodiscard]] ANCILLARY_API std::optional<std::uint32_t>
decode_number(std::span<const std::byte> bytes) noexcept;
// Whether the option is on; nullopt for a size that it cannot have.
[[nodiscard]] ANCILLARY_API std::optional<bool>
decode_flag(layout_id system, option_id option, ip_family family,
            std::span<const std::byte> bytes) noexcept;
// The state; nullopt for an invalid size or an unknown number.
[[nodiscard]] ANCILLARY_API std::optional<path_mtu_state>
decode_path_mtu_state(layout_id system, std::span<const std::byte> bytes) noexcept;
// The outer optional is empty for an invalid size, the inner one for "unspecified".
[[nodiscard]] ANCILLARY_API std::optional<std::optional<std::uint32_t>>
decode_user_mtu(layout_id system, std::span<const std::byte> bytes) noexcept;
// The interface that the system returned; nullopt for an invalid size.
[[nodiscard]] ANCILLARY_API std::optional<interface_selector>
decode_interface(layout_id system, option_id option, ip_family family,
                 std::span<const std::byte> bytes) noexcept;

// The group, not the socket, determines the level of a membership.
struct encoded_membership {
  // Of the family of the group.
  option_number number;
  // The system's structure.
  membership_bytes bytes;
};

// join_group and leave_group.
[[nodiscard]] ANCILLARY_API encoded_membership
encode_membership(layout_id system, option_id option, const asio::ip::address& group,
                  const interface_selector& selector) noexcept;
// The four options with a source; `source` is in the family of `group`.
[[nodiscard]] ANCILLARY_API encoded_membership encode_source_membership(
    layout_id system, option_id option, const asio::ip::address& group,
    const asio::ip::address& source, const interface_selector& selector) noexcept;

// A WSACMSGHDR of the system's word size, followed by the data.
[[nodiscard]] ANCILLARY_API std::vector<std::byte> encode_redirect(layout_id system,
                                                                   option_id option,
                                                                   ip_family family,
                                                                   std::span<const std::byte> data);
// The data after such a header; all bytes if there is no header.
[[nodiscard]] ANCILLARY_API std::span<const std::byte>
decode_redirect(layout_id system, option_id option, std::span<const std::byte> bytes) noexcept;

} // namespace ancillary::options
