// Compares the Windows numbers and layouts known on every host with the Windows headers.
#include "options/option_numbers.hpp"

#include <winsock2.h>
#include <ws2tcpip.h>

#include <cstddef>
#include <mswsock.h>

namespace ancillary::options::detail {
namespace {

constexpr int v4(option_id id) { return numbers_of(id).windows_v4; }
constexpr int v6(option_id id) { return numbers_of(id).windows_v6; }

static_assert(level_ipv4 == IPPROTO_IP && level_ipv6 == IPPROTO_IPV6);

static_assert(v4(option_id::add_membership) == IP_ADD_MEMBERSHIP);
static_assert(v6(option_id::add_membership) == IPV6_ADD_MEMBERSHIP);
static_assert(v4(option_id::add_source_membership) == IP_ADD_SOURCE_MEMBERSHIP);
static_assert(v6(option_id::add_source_membership) == MCAST_JOIN_SOURCE_GROUP);
static_assert(v4(option_id::block_source) == IP_BLOCK_SOURCE);
static_assert(v6(option_id::block_source) == MCAST_BLOCK_SOURCE);
static_assert(v4(option_id::dontfragment) == IP_DONTFRAGMENT);
static_assert(v6(option_id::dontfragment) == IPV6_DONTFRAG);
static_assert(v4(option_id::drop_membership) == IP_DROP_MEMBERSHIP);
static_assert(v6(option_id::drop_membership) == IPV6_DROP_MEMBERSHIP);
static_assert(v4(option_id::drop_source_membership) == IP_DROP_SOURCE_MEMBERSHIP);
static_assert(v6(option_id::drop_source_membership) == MCAST_LEAVE_SOURCE_GROUP);
static_assert(v4(option_id::hdrincl) == IP_HDRINCL);
static_assert(v6(option_id::hdrincl) == IPV6_HDRINCL);
static_assert(v4(option_id::mtu) == IP_MTU);
static_assert(v6(option_id::mtu) == IPV6_MTU);
static_assert(v4(option_id::mtu_discover) == IP_MTU_DISCOVER);
static_assert(v6(option_id::mtu_discover) == IPV6_MTU_DISCOVER);
static_assert(v4(option_id::multicast_if) == IP_MULTICAST_IF);
static_assert(v6(option_id::multicast_if) == IPV6_MULTICAST_IF);
static_assert(v4(option_id::multicast_loop) == IP_MULTICAST_LOOP);
static_assert(v6(option_id::multicast_loop) == IPV6_MULTICAST_LOOP);
static_assert(v4(option_id::multicast_ttl) == IP_MULTICAST_TTL);
static_assert(v6(option_id::multicast_ttl) == IPV6_MULTICAST_HOPS);
static_assert(v4(option_id::options) == IP_OPTIONS);
static_assert(v4(option_id::original_arrival_if) == IP_ORIGINAL_ARRIVAL_IF);
static_assert(v6(option_id::original_arrival_if) == IP_ORIGINAL_ARRIVAL_IF);
static_assert(v4(option_id::pktinfo) == IP_PKTINFO);
static_assert(v6(option_id::pktinfo) == IPV6_PKTINFO);
static_assert(v4(option_id::receive_broadcast) == IP_RECEIVE_BROADCAST);
static_assert(v4(option_id::recvif) == IP_RECVIF);
static_assert(v6(option_id::recvif) == IPV6_RECVIF);
static_assert(v4(option_id::recvtos) == IP_RECVTOS);
static_assert(v6(option_id::recvtos) == IPV6_RECVTCLASS);
static_assert(v4(option_id::recvttl) == IP_RECVTTL);
static_assert(v6(option_id::recvttl) == IPV6_HOPLIMIT);
static_assert(v4(option_id::tos) == IP_TOS);
static_assert(v6(option_id::tos) == IPV6_TCLASS);
static_assert(v4(option_id::ttl) == IP_TTL);
static_assert(v6(option_id::ttl) == IPV6_UNICAST_HOPS);
static_assert(v4(option_id::unblock_source) == IP_UNBLOCK_SOURCE);
static_assert(v6(option_id::unblock_source) == MCAST_UNBLOCK_SOURCE);
static_assert(v4(option_id::unicast_if) == IP_UNICAST_IF);
static_assert(v6(option_id::unicast_if) == IPV6_UNICAST_IF);
#ifdef IP_USER_MTU // SDK 10.0.19041
static_assert(v4(option_id::user_mtu) == IP_USER_MTU);
static_assert(v6(option_id::user_mtu) == IPV6_USER_MTU);
#endif
static_assert(v4(option_id::wfp_redirect_context) == IP_WFP_REDIRECT_CONTEXT);
static_assert(v6(option_id::wfp_redirect_context) == IPV6_WFP_REDIRECT_CONTEXT);
static_assert(v4(option_id::wfp_redirect_records) == IP_WFP_REDIRECT_RECORDS);
static_assert(v6(option_id::wfp_redirect_records) == IPV6_WFP_REDIRECT_RECORDS);
static_assert(v4(option_id::iflist) == IP_IFLIST && v6(option_id::iflist) == IPV6_IFLIST);
static_assert(v4(option_id::add_iflist) == IP_ADD_IFLIST);
static_assert(v6(option_id::add_iflist) == IPV6_ADD_IFLIST);
static_assert(v4(option_id::del_iflist) == IP_DEL_IFLIST);
static_assert(v6(option_id::del_iflist) == IPV6_DEL_IFLIST);
static_assert(v4(option_id::get_iflist) == IP_GET_IFLIST);
static_assert(v6(option_id::get_iflist) == IPV6_GET_IFLIST);
// Older headers call them IP_ECN and IPV6_ECN.
static_assert(v4(option_id::recvecn) == IP_ECN && v6(option_id::recvecn) == IPV6_ECN);

static_assert(IP_PMTUDISC_NOT_SET == 0 && IP_PMTUDISC_DO == 1 && IP_PMTUDISC_DONT == 2 &&
              IP_PMTUDISC_PROBE == 3);

static_assert(sizeof(ip_mreq) == 8 && offsetof(ip_mreq, imr_interface) == 4);
static_assert(sizeof(ipv6_mreq) == 20 && offsetof(ipv6_mreq, ipv6mr_interface) == 16);
static_assert(sizeof(ip_mreq_source) == 12 && offsetof(ip_mreq_source, imr_sourceaddr) == 4 &&
              offsetof(ip_mreq_source, imr_interface) == 8);
static_assert(sizeof(SOCKADDR_STORAGE) == 128);
static_assert(offsetof(GROUP_SOURCE_REQ, gsr_group) == 8 &&
              offsetof(GROUP_SOURCE_REQ, gsr_source) == 136 && sizeof(GROUP_SOURCE_REQ) == 264);
static_assert(AF_INET == 2 && AF_INET6 == 23);
static_assert(offsetof(SOCKADDR_IN, sin_addr) == 4 && offsetof(SOCKADDR_IN6, sin6_addr) == 8);
static_assert(offsetof(WSACMSGHDR, cmsg_level) == sizeof(SIZE_T) &&
              offsetof(WSACMSGHDR, cmsg_type) == sizeof(SIZE_T) + 4 &&
              sizeof(WSACMSGHDR) == sizeof(SIZE_T) + 8);

} // namespace
} // namespace ancillary::options::detail
