#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/decoders/ip_address.hpp>
#include <ancillary/decoders/layout.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace ancillary {

// The IPPROTO_IP options of Windows: the 26 of Microsoft's list "IPPROTO_IP socket options" in its
// order, then the five that its edition of October 2024 added.
enum class option_id : std::uint8_t {
  add_membership,
  add_source_membership,
  block_source,
  dontfragment,
  drop_membership,
  drop_source_membership,
  hdrincl,
  mtu,
  mtu_discover,
  multicast_if,
  multicast_loop,
  multicast_ttl,
  options,
  original_arrival_if,
  pktinfo,
  receive_broadcast,
  recvif,
  recvtos,
  recvttl,
  tos,
  ttl,
  unblock_source,
  unicast_if,
  user_mtu,
  wfp_redirect_context,
  wfp_redirect_records,
  // Not in the list before October 2024.
  iflist,
  add_iflist,
  del_iflist,
  get_iflist,
  recvecn
};

// The options of the list before October 2024.
inline constexpr std::size_t listed_option_count = 26;
// All options.
inline constexpr std::size_t option_count = 31;

// The columns of the list's two support tables, newest first.
enum class windows_version : std::uint8_t {
  windows_10,
  windows_8,
  server_2012,
  windows_7,
  server_2008,
  vista,
  server_2003,
  xp
};

// The number of columns.
inline constexpr std::size_t windows_version_count = 8;

// The version's name as in the list, for example "Windows Server 2012".
[[nodiscard]] ANCILLARY_API std::string_view to_string(windows_version version) noexcept;

// One cell of the support tables.
enum class version_support : std::uint8_t {
  not_listed,   // the option has no row in the tables
  no,           // the cell is empty
  yes,          // the cell is marked
  later_release // since the release in `option_support::available_since`
};

// The reference data of one option, independent of the running system. All texts about options
// (error messages, the metadata report, option_probe, docs/socket-options.md) are generated from
// it. All text is static and ASCII.
//
// Source: Microsoft's "IPPROTO_IP socket options", its option table and both support tables.
struct option_support {
  // The option.
  option_id id;
  std::string_view name;       // the Windows name, "IP_RECVIF"
  std::string_view class_name; // the class in namespace ancillary::options, "receive_interface"
  bool gets;                   // the list allows getsockopt
  bool sets;                   // the list allows setsockopt
  std::string_view value_type; // the list's type, "DWORD (boolean)"
  std::string_view value;      // the class's value, "bool"
  // Indexed by `windows_version`.
  std::array<version_support, windows_version_count> versions;
  // The oldest Windows version that supports it, "Windows 10 version 1703"; never empty.
  std::string_view available_since;
  std::string_view windows_ipv6; // IPPROTO_IPV6 counterpart on Windows, empty if none
  std::string_view linux_ipv4;   // the equivalent option on Linux, empty if none
  std::string_view linux_ipv6;   // the same for an IPv6 socket on Linux
  std::string_view note;         // a restriction or pitfall in one sentence, or empty

  // The support table's cell for `version`.
  [[nodiscard]] constexpr version_support in(windows_version version) const noexcept {
    return versions[static_cast<std::size_t>(version)];
  }
};

// All 31, in the order of `option_id`; the first `listed_option_count` are the list's. Static
// lifetime.
[[nodiscard]] ANCILLARY_API std::span<const option_support> all_option_support() noexcept;

// The entry of an option. Static lifetime.
[[nodiscard]] ANCILLARY_API const option_support& support_of(option_id id) noexcept;

// The entry for a Windows name such as "IP_RECVIF", or null if there is none.
[[nodiscard]] ANCILLARY_API const option_support*
find_option_support(std::string_view windows_name) noexcept;

// Reading an option or setting it.
enum class option_use : std::uint8_t { get, set };

// Why a socket of `family` on `system` has no such option, as far as this data tells:
//   "IP_RECVIF: not supported here; requires Windows 10 version 1703 or later"
//   "IP_RECVIF: Linux has no such option"
//   "IP_OPTIONS: Windows has no such option on an IPv6 socket"
//   "IP_USER_MTU: Linux cannot read it back"
//   "IP_HDRINCL: not supported on this socket; requires a raw socket"
[[nodiscard]] ANCILLARY_API std::string unsupported_message(const option_support& option,
                                                            ip_family family, option_use use,
                                                            layout_id system = layouts::native::id);

// What to say of an option that the system refused with `error`: the message above for the errors
// that mean "no such option" (operation_not_supported, no_protocol_option), else the option's name,
// and in brackets what it requires, where that explains this error: "IP_MTU (requires a connected
// socket)". The error's own text is left to described_error, which appends it.
[[nodiscard]] ANCILLARY_API std::string refusal_message(const option_support& option,
                                                        ip_family family, option_use use,
                                                        const std::error_code& error,
                                                        layout_id system = layouts::native::id);

} // namespace ancillary
