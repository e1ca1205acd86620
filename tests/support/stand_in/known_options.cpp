#include "known_options.hpp"

#include <algorithm>
#include <array>

namespace ancillary_test {

namespace {

constexpr int ipv4_level = 0;
constexpr int udp_level = 17;
constexpr int ipv6_level = 41;
constexpr int socket_level = 0xffff;

// Up to IP_RTHDR, both levels share most numbers.
constexpr std::array ipv4_names{
    1,  // IP_OPTIONS
    2,  // IP_HDRINCL
    3,  // IP_TOS
    4,  // IP_TTL
    9,  // IP_MULTICAST_IF
    10, // IP_MULTICAST_TTL
    11, // IP_MULTICAST_LOOP
    12, // IP_ADD_MEMBERSHIP
    13, // IP_DROP_MEMBERSHIP
    14, // IP_DONTFRAGMENT
    15, // IP_ADD_SOURCE_MEMBERSHIP
    16, // IP_DROP_SOURCE_MEMBERSHIP
    17, // IP_BLOCK_SOURCE
    18, // IP_UNBLOCK_SOURCE
    19, // IP_PKTINFO
    21, // IP_RECVTTL
    22, // IP_RECEIVE_BROADCAST
    24, // IP_RECVIF
    25, // IP_RECVDSTADDR
    28, // IP_IFLIST
    29, // IP_ADD_IFLIST
    30, // IP_DEL_IFLIST
    31, // IP_UNICAST_IF
    32, // IP_RTHDR
    33, // IP_GET_IFLIST
    38, // IP_RECVRTHDR
    39, // IP_TCLASS
    40, // IP_RECVTOS
    41, // MCAST_JOIN_GROUP
    42, // MCAST_LEAVE_GROUP
    43, // MCAST_BLOCK_SOURCE
    44, // MCAST_UNBLOCK_SOURCE
    45, // MCAST_JOIN_SOURCE_GROUP
    46, // MCAST_LEAVE_SOURCE_GROUP
    47, // IP_ORIGINAL_ARRIVAL_IF
    50, // IP_RECVECN
    51, // IP_PKTINFO_EX
    60, // IP_WFP_REDIRECT_RECORDS
    70, // IP_WFP_REDIRECT_CONTEXT
    71, // IP_MTU_DISCOVER
    73, // IP_MTU
    74, // IP_NRT_INTERFACE
    75, // IP_RECVERR
    76, // IP_USER_MTU
};
constexpr std::array ipv6_names{
    1,  // IPV6_HOPOPTS
    2,  // IPV6_HDRINCL
    4,  // IPV6_UNICAST_HOPS
    9,  // IPV6_MULTICAST_IF
    10, // IPV6_MULTICAST_HOPS
    11, // IPV6_MULTICAST_LOOP
    12, // IPV6_ADD_MEMBERSHIP
    13, // IPV6_DROP_MEMBERSHIP
    14, // IPV6_DONTFRAG
    19, // IPV6_PKTINFO
    21, // IPV6_HOPLIMIT
    23, // IPV6_PROTECTION_LEVEL
    24, // IPV6_RECVIF
    25, // IPV6_RECVDSTADDR
    26, // IPV6_CHECKSUM
    27, // IPV6_V6ONLY
    28, // IPV6_IFLIST
    29, // IPV6_ADD_IFLIST
    30, // IPV6_DEL_IFLIST
    31, // IPV6_UNICAST_IF
    32, // IPV6_RTHDR
    33, // IPV6_GET_IFLIST
    38, // IPV6_RECVRTHDR
    39, // IPV6_TCLASS
    40, // IPV6_RECVTCLASS
    41, // MCAST_JOIN_GROUP
    42, // MCAST_LEAVE_GROUP
    43, // MCAST_BLOCK_SOURCE
    44, // MCAST_UNBLOCK_SOURCE
    45, // MCAST_JOIN_SOURCE_GROUP
    46, // MCAST_LEAVE_SOURCE_GROUP
    47, // the original arrival interface, listed at this level too
    50, // IPV6_RECVECN
    51, // IPV6_PKTINFO_EX
    60, // IPV6_WFP_REDIRECT_RECORDS
    70, // IPV6_WFP_REDIRECT_CONTEXT
    71, // IPV6_MTU_DISCOVER
    72, // IPV6_MTU
    74, // IPV6_NRT_INTERFACE
    75, // IPV6_RECVERR
    76, // IPV6_USER_MTU
};
constexpr std::array udp_names{
    1,  // UDP_NOCHECKSUM
    2,  // UDP_SEND_MSG_SIZE
    3,  // UDP_RECV_MAX_COALESCED_SIZE
    20, // UDP_CHECKSUM_COVERAGE
};

template <class Names>
bool contains(const Names& names, int name) noexcept {
  return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

bool is_known_level(int level) noexcept {
  return level == ipv4_level || level == udp_level || level == ipv6_level || level == socket_level;
}

bool is_known_option(int level, int name) noexcept {
  switch (level) {
  case ipv4_level:
    return contains(ipv4_names, name);
  case ipv6_level:
    return contains(ipv6_names, name);
  case udp_level:
    return contains(udp_names, name);
  default:
    return level == socket_level;
  }
}

} // namespace ancillary_test
