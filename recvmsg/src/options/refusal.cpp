// Messages for options that are missing or refused.
#include "common/error_names.hpp"
#include "options/option_numbers.hpp"
#include <ancillary/recvmsg/option_support.hpp>
#include <ancillary/recvmsg/options/encoding.hpp>

#include <asio/error.hpp>
#include <string>

namespace ancillary {
namespace {

// A precondition of an option, and the error if it does not hold: its name without Winsock's "WSA".
// Sources: Microsoft's "IPPROTO_IP socket options"; ip(7), and net/ipv4/igmp.c of Linux for the
// errors of joining and leaving.
struct requirement {
  option_id option;
  std::string_view error;
  std::string_view text;
};

constexpr std::string_view linux_sysctl = "net."; // begins a text about Linux alone

constexpr std::string_view raw_socket = "requires a raw socket";
constexpr std::string_view datagram_socket = "requires a datagram socket";
constexpr std::string_view datagram_or_raw_socket = "requires a datagram or raw socket";
constexpr std::string_view no_member = "the socket is not a member of the group on this interface";
constexpr std::string_view no_member_from_any_source =
    "requires a membership from any source of the group on this interface";
constexpr std::string_view no_interface_or_member =
    "there is no such interface, or the socket is a member of the group already";
constexpr std::string_view no_route =
    "there is no such interface, or none was named and no route leads to the group";

constexpr requirement requirements[] = {
    {option_id::hdrincl, "ENOPROTOOPT", raw_socket},
    {option_id::hdrincl, "EINVAL", raw_socket},
    {option_id::mtu, "ENOTCONN", "requires a connected socket"},
    {option_id::recvtos, "EINVAL", datagram_socket},
    {option_id::recvttl, "EINVAL", datagram_or_raw_socket},
    {option_id::recvif, "EINVAL", datagram_or_raw_socket},
    {option_id::original_arrival_if, "EINVAL", datagram_or_raw_socket},
    {option_id::add_membership, "EADDRINUSE", "the socket is a member of the group already"},
    // For which of them Windows returns which is not documented.
    {option_id::add_membership, "EADDRNOTAVAIL", no_interface_or_member},
    {option_id::add_membership, "EINVAL", no_interface_or_member},
    {option_id::add_membership, "ENOBUFS",
     "net.ipv4.igmp_max_memberships limits the groups of a socket"},
    {option_id::add_membership, "ENOMEM",
     "net.core.optmem_max limits the memory for the groups of a socket"},
    {option_id::add_membership, "ENODEV", no_route},
    {option_id::add_source_membership, "ENOBUFS",
     "net.ipv4.igmp_max_msf, for IPv6 net.ipv6.mld_max_msf, limits the sources of a group, and "
     "net.ipv4.igmp_max_memberships the groups of a socket"},
    {option_id::add_source_membership, "ENODEV", no_route},
    {option_id::add_source_membership, "EINVAL",
     "the socket joined the group from any source before"},
    {option_id::add_source_membership, "EADDRNOTAVAIL", "the socket joined this source already"},
    {option_id::drop_membership, "EADDRNOTAVAIL", no_member},
    {option_id::drop_source_membership, "EINVAL", no_member},
    {option_id::drop_source_membership, "EADDRNOTAVAIL", "the socket did not join this source"},
    {option_id::block_source, "EINVAL", no_member_from_any_source},
    {option_id::block_source, "EADDRNOTAVAIL", "the source is blocked already"},
    {option_id::unblock_source, "EINVAL", no_member_from_any_source},
    {option_id::unblock_source, "EADDRNOTAVAIL", "the source is not blocked"},
    {option_id::multicast_if, "EADDRNOTAVAIL", "there is no such interface"},
    {option_id::multicast_if, "ENODEV", "there is no such interface"},
    {option_id::unicast_if, "EADDRNOTAVAIL", "there is no such interface"},
};

std::string_view requirement_of(option_id option, std::string_view error,
                                layout_id system) noexcept {
  constexpr std::string_view winsock = "WSA";
  if (error.starts_with(winsock)) {
    error.remove_prefix(winsock.size());
  }
  for (const auto& row : requirements) {
    if (row.option == option && row.error == error &&
        !(is_windows(system) && row.text.starts_with(linux_sysctl))) {
      return row.text;
    }
  }
  return {};
}

std::string missing(const option_support& option, ip_family family, option_use use,
                    layout_id system) {
  const std::string name = is_windows(system) ? "Windows" : "Linux";
  const auto has = [&](ip_family of, option_use to) {
    return options::find_option_number(system, option.id, of, to).has_value();
  };
  if (use == option_use::get && has(family, option_use::set)) {
    return name + " cannot read it back";
  }
  const bool v6 = family == ip_family::v6;
  if (has(v6 ? ip_family::v4 : ip_family::v6, use)) {
    return name + " has no such option on an " + (v6 ? "IPv6" : "IPv4") + " socket";
  }
  return name + " has no such option";
}

std::string not_taken(const option_support& option, layout_id system) {
  if (const auto required = requirement_of(option.id, "ENOPROTOOPT", system); !required.empty()) {
    return "not supported on this socket; " + std::string(required);
  }
  if (is_windows(system)) {
    return "not supported here; requires " + std::string(option.available_since) + " or later";
  }
  return "not supported on this socket";
}

} // namespace

std::string unsupported_message(const option_support& option, ip_family family, option_use use,
                                layout_id system) {
  const bool exists = options::find_option_number(system, option.id, family, use).has_value();
  return std::string(option.name) + ": " +
         (exists ? not_taken(option, system) : missing(option, family, use, system));
}

std::string refusal_message(const option_support& option, ip_family family, option_use use,
                            const std::error_code& error, layout_id system) {
  if (error == asio::error::operation_not_supported || error == asio::error::no_protocol_option) {
    return unsupported_message(option, family, use, system);
  }
  std::string message(option.name);
  const bool of_the_system = error.category() == std::system_category() ||
                             error.category() == asio::error::get_system_category();
  const auto required =
      of_the_system ? requirement_of(option.id, detail::error_name(error.value()), system) : "";
  if (!required.empty()) {
    message += " (";
    message += required;
    message += ')';
  }
  return message;
}

} // namespace ancillary
