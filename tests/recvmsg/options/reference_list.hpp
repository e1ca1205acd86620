// Microsoft's list "IPPROTO_IP socket options" (learn.microsoft.com, 2 October 2019), without its
// descriptions: an independent reference for the tests.
#pragma once

#include <string_view>

namespace option_tests {

// Option | Get | Set | Optval type
inline constexpr std::string_view reference_options = R"(
IP_ADD_MEMBERSHIP||yes|ip_mreq
IP_ADD_SOURCE_MEMBERSHIP||yes|ip_mreq_source
IP_BLOCK_SOURCE||yes|ip_mreq_source
IP_DONTFRAGMENT|yes|yes|DWORD (boolean)
IP_DROP_MEMBERSHIP||yes|ip_mreq
IP_DROP_SOURCE_MEMBERSHIP||yes|ip_mreq_source
IP_HDRINCL|yes|yes|DWORD (boolean)
IP_MTU|yes||DWORD
IP_MTU_DISCOVER|yes|yes|DWORD (PMTUD_STATE)
IP_MULTICAST_IF|yes|yes|DWORD
IP_MULTICAST_LOOP|yes|yes|DWORD (boolean)
IP_MULTICAST_TTL|yes|yes|DWORD
IP_OPTIONS|yes|yes|char []
IP_ORIGINAL_ARRIVAL_IF|yes|yes|DWORD (boolean)
IP_PKTINFO|yes|yes|DWORD
IP_RECEIVE_BROADCAST|yes|yes|DWORD (boolean)
IP_RECVIF|yes|yes|DWORD (boolean)
IP_RECVTOS|yes|yes|DWORD (boolean)
IP_RECVTTL|yes|yes|DWORD (boolean)
IP_TOS|yes|yes|DWORD (boolean)
IP_TTL|yes|yes|DWORD (boolean)
IP_UNBLOCK_SOURCE||yes|ip_mreq_source
IP_UNICAST_IF|yes|yes|DWORD (IF_INDEX)
IP_USER_MTU|yes|yes|DWORD
IP_WFP_REDIRECT_CONTEXT|yes|yes|WSACMSGHDR with control data
IP_WFP_REDIRECT_RECORDS|yes|yes|WSACMSGHDR with control data
)";

// Option | Windows 10 | Windows 8 | Windows Server 2012 | Windows 7 | Windows Server 2008 | Windows
// Vista
inline constexpr std::string_view reference_newer_versions = R"(
IP_ADD_MEMBERSHIP|x|x|x|x|x|x
IP_ADD_SOURCE_MEMBERSHIP|x|x|x|x|x|x
IP_BLOCK_SOURCE|x|x|x|x|x|x
IP_DONTFRAGMENT|x|x|x|x|x|x
IP_DROP_MEMBERSHIP|x|x|x|x|x|x
IP_DROP_SOURCE_MEMBERSHIP|x|x|x|x|x|x
IP_HDRINCL|x|x|x|x|x|x
IP_MULTICAST_IF|x|x|x|x|x|x
IP_MULTICAST_LOOP|x|x|x|x|x|x
IP_MULTICAST_TTL|x|x|x|x|x|x
IP_OPTIONS|x|x|x|x|x|x
IP_ORIGINAL_ARRIVAL_IF|x|x|x|x||
IP_PKTINFO|x|x|x|x|x|x
IP_RECEIVE_BROADCAST|x|x|x|x|x|x
IP_RECVIF|Starting with Windows 10, version 1703|x|x|x|x|x
IP_RECVTTL|x|||||
IP_TOS|x|x|x|||
IP_TTL|x|x|x|x|x|x
IP_UNBLOCK_SOURCE|x|x|x|x|x|x
IP_UNICAST_IF|x|x|x|x|x|x
IP_WFP_REDIRECT_CONTEXT|x|x|x|||
IP_WFP_REDIRECT_RECORDS|x|x|x|||
)";

// Option | Windows Server 2003 | Windows XP
inline constexpr std::string_view reference_older_versions = R"(
IP_ADD_MEMBERSHIP|x|x
IP_ADD_SOURCE_MEMBERSHIP|x|x
IP_BLOCK_SOURCE|x|x
IP_DONTFRAGMENT|x|x
IP_DROP_MEMBERSHIP|x|x
IP_DROP_SOURCE_MEMBERSHIP|x|x
IP_HDRINCL|x|x
IP_MULTICAST_IF|x|x
IP_MULTICAST_LOOP|x|x
IP_MULTICAST_TTL|x|x
IP_OPTIONS|x|x
IP_ORIGINAL_ARRIVAL_IF||
IP_PKTINFO|x|x
IP_RECEIVE_BROADCAST|x|x
IP_RECVIF||
IP_RECVTTL||
IP_TOS||
IP_TTL|x|x
IP_UNBLOCK_SOURCE|x|x
IP_UNICAST_IF||
IP_WFP_REDIRECT_CONTEXT||
IP_WFP_REDIRECT_RECORDS||
)";

} // namespace option_tests
