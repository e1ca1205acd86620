#include <ancillary/recvmsg/option_support.hpp>

#include <algorithm>

namespace ancillary {
namespace {

using versions = std::array<version_support, windows_version_count>;

constexpr auto no = version_support::no;
constexpr auto yes = version_support::yes;
constexpr auto later = version_support::later_release;
constexpr auto unlisted = version_support::not_listed;

// Windows 10, 8, Server 2012, 7, Server 2008, Vista, Server 2003, XP.
constexpr versions everywhere{yes, yes, yes, yes, yes, yes, yes, yes};
constexpr versions since_vista{yes, yes, yes, yes, yes, yes, no, no};
constexpr versions since_windows_7{yes, yes, yes, yes, no, no, no, no};
constexpr versions since_windows_8{yes, yes, yes, no, no, no, no, no};
constexpr versions since_windows_10{yes, no, no, no, no, no, no, no};
// For IP_RECVIF, the list names a release in the Windows 10 column, but also marks older versions.
constexpr versions recvif_row{later, yes, yes, yes, yes, yes, no, no};
constexpr versions since_1803{later, no, no, no, no, no, no, no};
constexpr versions no_row{unlisted, unlisted, unlisted, unlisted,
                          unlisted, unlisted, unlisted, unlisted};

constexpr std::array<option_support, option_count> table{{
    {option_id::add_membership, "IP_ADD_MEMBERSHIP", "join_group", false, true, "ip_mreq",
     "group, interface", everywhere, "Windows XP", "IPV6_ADD_MEMBERSHIP", "IP_ADD_MEMBERSHIP",
     "IPV6_ADD_MEMBERSHIP",
     "the socket may also receive groups that other sockets joined; see multicast_filter"},
    {option_id::add_source_membership, "IP_ADD_SOURCE_MEMBERSHIP", "join_source_group", false, true,
     "ip_mreq_source", "group, source, interface", everywhere, "Windows XP",
     "MCAST_JOIN_SOURCE_GROUP", "IP_ADD_SOURCE_MEMBERSHIP", "MCAST_JOIN_SOURCE_GROUP",
     "the field order of the structure differs between Windows and Linux"},
    {option_id::block_source, "IP_BLOCK_SOURCE", "block_source", false, true, "ip_mreq_source",
     "group, source, interface", everywhere, "Windows XP", "MCAST_BLOCK_SOURCE", "IP_BLOCK_SOURCE",
     "MCAST_BLOCK_SOURCE", "requires a membership of the group for all sources"},
    {option_id::dontfragment, "IP_DONTFRAGMENT", "dont_fragment", true, true, "DWORD (boolean)",
     "bool", everywhere, "Windows XP", "IPV6_DONTFRAG", "IP_MTU_DISCOVER", "IPV6_DONTFRAG",
     "on Linux IPv4 this sets IP_MTU_DISCOVER to IP_PMTUDISC_DO or IP_PMTUDISC_DONT"},
    {option_id::drop_membership, "IP_DROP_MEMBERSHIP", "leave_group", false, true, "ip_mreq",
     "group, interface", everywhere, "Windows XP", "IPV6_DROP_MEMBERSHIP", "IP_DROP_MEMBERSHIP",
     "IPV6_DROP_MEMBERSHIP", "requires the interface of the join"},
    {option_id::drop_source_membership, "IP_DROP_SOURCE_MEMBERSHIP", "leave_source_group", false,
     true, "ip_mreq_source", "group, source, interface", everywhere, "Windows XP",
     "MCAST_LEAVE_SOURCE_GROUP", "IP_DROP_SOURCE_MEMBERSHIP", "MCAST_LEAVE_SOURCE_GROUP",
     "requires the interface of the join"},
    {option_id::hdrincl, "IP_HDRINCL", "header_included", true, true, "DWORD (boolean)", "bool",
     everywhere, "Windows XP", "IPV6_HDRINCL", "IP_HDRINCL", "IPV6_HDRINCL",
     "requires a raw socket"},
    {option_id::mtu, "IP_MTU", "path_mtu", true, false, "DWORD", "bytes", no_row, "Windows 10",
     "IPV6_MTU", "IP_MTU", "IPV6_MTU", "requires a connected socket"},
    {option_id::mtu_discover, "IP_MTU_DISCOVER", "path_mtu_discovery", true, true,
     "DWORD (PMTUD_STATE)", "path_mtu_state", no_row, "Windows 10", "IPV6_MTU_DISCOVER",
     "IP_MTU_DISCOVER", "IPV6_MTU_DISCOVER", "the systems number the states differently"},
    {option_id::multicast_if, "IP_MULTICAST_IF", "multicast_interface", true, true, "DWORD",
     "interface", everywhere, "Windows XP", "IPV6_MULTICAST_IF", "IP_MULTICAST_IF",
     "IPV6_MULTICAST_IF", "for sending only; an index is in host byte order"},
    {option_id::multicast_loop, "IP_MULTICAST_LOOP", "multicast_loop", true, true,
     "DWORD (boolean)", "bool", everywhere, "Windows XP", "IPV6_MULTICAST_LOOP",
     "IP_MULTICAST_LOOP", "IPV6_MULTICAST_LOOP",
     "Windows uses the receiving socket's value, Linux the sending socket's"},
    {option_id::multicast_ttl, "IP_MULTICAST_TTL", "multicast_hops", true, true, "DWORD",
     "0 to 255", everywhere, "Windows XP", "IPV6_MULTICAST_HOPS", "IP_MULTICAST_TTL",
     "IPV6_MULTICAST_HOPS",
     "0 keeps datagrams on this host; on Linux they then reach only groups that it has joined"},
    {option_id::options, "IP_OPTIONS", "ip_options", true, true, "char []", "0 to 40 bytes",
     everywhere, "Windows XP", "", "IP_OPTIONS", "", "an empty value clears the options"},
    {option_id::original_arrival_if, "IP_ORIGINAL_ARRIVAL_IF", "original_arrival_interface", true,
     true, "DWORD (boolean)", "bool", since_windows_7, "Windows 7", "IP_ORIGINAL_ARRIVAL_IF", "",
     "", "requires a datagram or raw socket"},
    {option_id::pktinfo, "IP_PKTINFO", "receive_packet_info", true, true, "DWORD", "bool",
     everywhere, "Windows XP", "IPV6_PKTINFO", "IP_PKTINFO", "IPV6_RECVPKTINFO",
     "on a dual-stack socket, request_metadata() enables both families"},
    {option_id::receive_broadcast, "IP_RECEIVE_BROADCAST", "receive_broadcast", true, true,
     "DWORD (boolean)", "bool", everywhere, "Windows XP", "", "", "",
     "IPv4 only; SO_BROADCAST is for sending"},
    {option_id::recvif, "IP_RECVIF", "receive_interface", true, true, "DWORD (boolean)", "bool",
     recvif_row, "Windows 10 version 1703", "IPV6_RECVIF", "", "",
     "on Linux, use the interface index of receive_packet_info"},
    {option_id::recvtos, "IP_RECVTOS", "receive_traffic_class", true, true, "DWORD (boolean)",
     "bool", no_row, "Windows 10", "IPV6_RECVTCLASS", "IP_RECVTOS", "IPV6_RECVTCLASS",
     "requires a datagram socket; costs throughput on Windows"},
    {option_id::recvttl, "IP_RECVTTL", "receive_hop_limit", true, true, "DWORD (boolean)", "bool",
     since_windows_10, "Windows 10", "IPV6_HOPLIMIT", "IP_RECVTTL", "IPV6_RECVHOPLIMIT",
     "requires a datagram or raw socket"},
    {option_id::tos, "IP_TOS", "type_of_service", true, true, "DWORD (boolean)", "0 to 255",
     since_windows_8, "Windows 8", "IPV6_TCLASS", "IP_TOS", "IPV6_TCLASS",
     "Microsoft recommends the Quality of Service API instead"},
    {option_id::ttl, "IP_TTL", "hop_limit", true, true, "DWORD (boolean)", "1 to 255", everywhere,
     "Windows XP", "IPV6_UNICAST_HOPS", "IP_TTL", "IPV6_UNICAST_HOPS",
     "for unicast; for multicast see multicast_hops"},
    {option_id::unblock_source, "IP_UNBLOCK_SOURCE", "unblock_source", false, true,
     "ip_mreq_source", "group, source, interface", everywhere, "Windows XP", "MCAST_UNBLOCK_SOURCE",
     "IP_UNBLOCK_SOURCE", "MCAST_UNBLOCK_SOURCE", "requires a blocked source"},
    {option_id::unicast_if, "IP_UNICAST_IF", "unicast_interface", true, true, "DWORD (IF_INDEX)",
     "interface index", since_vista, "Windows Vista", "IPV6_UNICAST_IF", "IP_UNICAST_IF",
     "IPV6_UNICAST_IF", "for sending only; the index is in host byte order"},
    {option_id::user_mtu, "IP_USER_MTU", "user_mtu", true, true, "DWORD", "bytes or unspecified",
     no_row, "Windows 10 version 2004", "IPV6_USER_MTU", "", "IPV6_MTU",
     "on Linux only for IPv6, and cannot be read back"},
    {option_id::wfp_redirect_context, "IP_WFP_REDIRECT_CONTEXT", "redirect_context", true, true,
     "WSACMSGHDR with control data", "bytes", since_windows_8, "Windows 8",
     "IPV6_WFP_REDIRECT_CONTEXT", "", "",
     "for a redirect service of the Windows Filtering Platform"},
    {option_id::wfp_redirect_records, "IP_WFP_REDIRECT_RECORDS", "redirect_records", true, true,
     "WSACMSGHDR with control data", "bytes", since_windows_8, "Windows 8",
     "IPV6_WFP_REDIRECT_RECORDS", "", "",
     "for a redirect service of the Windows Filtering Platform"},
    {option_id::iflist, "IP_IFLIST", "interface_list", true, true, "DWORD (boolean)", "bool",
     since_1803, "Windows 10 version 1803", "IPV6_IFLIST", "", "",
     "restricts receiving to the interfaces in the list, which is initially empty"},
    {option_id::add_iflist, "IP_ADD_IFLIST", "interface_list_add", false, true, "DWORD (IF_INDEX)",
     "interface", since_1803, "Windows 10 version 1803", "IPV6_ADD_IFLIST", "", "",
     "has an effect while interface_list is on"},
    {option_id::del_iflist, "IP_DEL_IFLIST", "interface_list_remove", false, true,
     "DWORD (IF_INDEX)", "interface", since_1803, "Windows 10 version 1803", "IPV6_DEL_IFLIST", "",
     "", "an interface that no longer exists stays in the list until removed"},
    {option_id::get_iflist, "IP_GET_IFLIST", "interface_list_entries", true, false,
     "DWORD[] (IF_INDEX[])", "interface indices", since_1803, "Windows 10 version 1803",
     "IPV6_GET_IFLIST", "", "", "fails while interface_list is off"},
    {option_id::recvecn, "IP_RECVECN", "receive_ecn", true, true, "DWORD (boolean)", "bool", no_row,
     "Windows 11 or Windows Server 2022", "IPV6_RECVECN", "", "",
     "reports only the two ECN bits; receive_traffic_class reports the whole octet"},
}};

constexpr bool table_follows_option_id() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].id) != i) {
      return false;
    }
  }
  return true;
}

static_assert(table_follows_option_id(), "support_of() indexes the table by option_id");

} // namespace

std::string_view to_string(windows_version version) noexcept {
  switch (version) {
  case windows_version::windows_10:
    return "Windows 10";
  case windows_version::windows_8:
    return "Windows 8";
  case windows_version::server_2012:
    return "Windows Server 2012";
  case windows_version::windows_7:
    return "Windows 7";
  case windows_version::server_2008:
    return "Windows Server 2008";
  case windows_version::vista:
    return "Windows Vista";
  case windows_version::server_2003:
    return "Windows Server 2003";
  case windows_version::xp:
    return "Windows XP";
  }
  return "unknown Windows version";
}

std::span<const option_support> all_option_support() noexcept { return table; }

const option_support& support_of(option_id id) noexcept {
  return table[static_cast<std::size_t>(id)];
}

const option_support* find_option_support(std::string_view windows_name) noexcept {
  const auto found = std::find_if(table.begin(), table.end(), [windows_name](const auto& option) {
    return option.name == windows_name;
  });
  return found == table.end() ? nullptr : &*found;
}

} // namespace ancillary
