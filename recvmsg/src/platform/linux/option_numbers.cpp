// Compares the Linux numbers and layouts known on every host with Linux's own headers.
#include "options/option_numbers.hpp"

#include <cstddef>
#include <netinet/in.h>
#include <sys/socket.h>

namespace ancillary::options::detail {
namespace {

constexpr int v4(option_id id) { return numbers_of(id).linux_v4; }
constexpr int v6(option_id id) { return numbers_of(id).linux_v6; }

static_assert(level_ipv4 == IPPROTO_IP && level_ipv6 == IPPROTO_IPV6);

static_assert(v4(option_id::add_membership) == IP_ADD_MEMBERSHIP);
static_assert(v6(option_id::add_membership) == IPV6_ADD_MEMBERSHIP);
static_assert(v4(option_id::add_source_membership) == IP_ADD_SOURCE_MEMBERSHIP);
static_assert(v6(option_id::add_source_membership) == MCAST_JOIN_SOURCE_GROUP);
static_assert(v4(option_id::block_source) == IP_BLOCK_SOURCE);
static_assert(v6(option_id::block_source) == MCAST_BLOCK_SOURCE);
static_assert(v4(option_id::dontfragment) == IP_MTU_DISCOVER);
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
static_assert(v4(option_id::pktinfo) == IP_PKTINFO);
static_assert(v6(option_id::pktinfo) == IPV6_RECVPKTINFO);
static_assert(v4(option_id::recvtos) == IP_RECVTOS);
static_assert(v6(option_id::recvtos) == IPV6_RECVTCLASS);
static_assert(v4(option_id::recvttl) == IP_RECVTTL);
static_assert(v6(option_id::recvttl) == IPV6_RECVHOPLIMIT);
static_assert(v4(option_id::tos) == IP_TOS);
static_assert(v6(option_id::tos) == IPV6_TCLASS);
static_assert(v4(option_id::ttl) == IP_TTL);
static_assert(v6(option_id::ttl) == IPV6_UNICAST_HOPS);
static_assert(v4(option_id::unblock_source) == IP_UNBLOCK_SOURCE);
static_assert(v6(option_id::unblock_source) == MCAST_UNBLOCK_SOURCE);
static_assert(v4(option_id::unicast_if) == IP_UNICAST_IF);
#ifdef IPV6_UNICAST_IF // missing in some C libraries
static_assert(v6(option_id::unicast_if) == IPV6_UNICAST_IF);
#endif
static_assert(v6(option_id::user_mtu) == IPV6_MTU);

static_assert(IP_PMTUDISC_DONT == 0 && IP_PMTUDISC_WANT == 1 && IP_PMTUDISC_DO == 2 &&
              IP_PMTUDISC_PROBE == 3);

static_assert(sizeof(ip_mreqn) == 12 && offsetof(ip_mreqn, imr_address) == 4 &&
              offsetof(ip_mreqn, imr_ifindex) == 8);
static_assert(sizeof(ipv6_mreq) == 20 && offsetof(ipv6_mreq, ipv6mr_interface) == 16);
static_assert(sizeof(ip_mreq_source) == 12 && offsetof(ip_mreq_source, imr_interface) == 4 &&
              offsetof(ip_mreq_source, imr_sourceaddr) == 8);

constexpr std::size_t storage_alignment = sizeof(std::size_t); // 4 on a 32-bit system
static_assert(sizeof(sockaddr_storage) == 128);
static_assert(offsetof(group_source_req, gsr_group) == storage_alignment &&
              offsetof(group_source_req, gsr_source) == storage_alignment + 128 &&
              sizeof(group_source_req) == storage_alignment + 256);
static_assert(AF_INET == 2 && AF_INET6 == 10);
static_assert(offsetof(sockaddr_in, sin_addr) == 4 && offsetof(sockaddr_in6, sin6_addr) == 8);

} // namespace
} // namespace ancillary::options::detail
