// Options that enable control messages with each datagram, for the family of the socket;
// request_metadata() enables both families on a dual-stack socket.
#pragma once

#include <ancillary/recvmsg/options/flag_option.hpp>

namespace ancillary::options {

// IP_PKTINFO: the destination address and the interface. IPv6: IPV6_PKTINFO, on Linux
// IPV6_RECVPKTINFO.
using receive_packet_info = detail::flag_option<option_id::pktinfo>;

// IP_RECVIF: the receiving interface. Windows 10 version 1703 and later. Not on Linux; see the
// interface index of receive_packet_info.
using receive_interface = detail::flag_option<option_id::recvif>;

// IP_ORIGINAL_ARRIVAL_IF: the interface where a tunnelled datagram first arrived. Windows only.
using original_arrival_interface = detail::flag_option<option_id::original_arrival_if>;

// IP_RECVTTL: the TTL, or hop limit. IPv6: IPV6_HOPLIMIT, on Linux IPV6_RECVHOPLIMIT.
using receive_hop_limit = detail::flag_option<option_id::recvttl>;

// IP_RECVTOS: DSCP and ECN. IPv6: IPV6_RECVTCLASS. Costs throughput on Windows.
using receive_traffic_class = detail::flag_option<option_id::recvtos>;

// IP_RECVECN, IPV6_RECVECN: only ECN. Windows 11 and Windows Server 2022; not on Linux, where
// receive_traffic_class includes it.
using receive_ecn = detail::flag_option<option_id::recvecn>;

// IP_RECEIVE_BROADCAST: whether broadcasts are received. Windows, IPv4 only; Linux has no such
// option (SO_BROADCAST permits sending them).
using receive_broadcast = detail::flag_option<option_id::receive_broadcast>;

} // namespace ancillary::options
