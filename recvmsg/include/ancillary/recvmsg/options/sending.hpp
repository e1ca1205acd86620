// Options for what goes out: header fields, fragmentation, raw headers.
#pragma once

#include <ancillary/recvmsg/options/flag_option.hpp>
#include <ancillary/recvmsg/options/number_option.hpp>

namespace ancillary::options {

// IP_TTL: the TTL of unicast datagrams, or hop limit on IPv6 (IPV6_UNICAST_HOPS), 1 to 255.
// hop_limit() is 64, what RFC 1700 recommends.
using hop_limit = detail::number_option<option_id::ttl, 1, 255, 64>;

// IP_TOS, IPV6_TCLASS: the octet with DSCP in the upper six bits and ECN in the lower two, 0 to
// 255. Microsoft says not to use it: Windows may take the value and send another. For DSCP use its
// Quality of Service API (QOSAddSocketToFlow and QOSSetFlow, "qWAVE") there, and for ECN the
// control message of a reply.
using type_of_service = detail::number_option<option_id::tos, 0, 255, 0>;

// IP_DONTFRAGMENT, IPV6_DONTFRAG: DF on datagrams, so that one larger than the path's MTU is
// refused with message_size. On Linux and IPv4 this is path_mtu_discovery with `always` or `never`,
// so the two options overwrite each other there.
using dont_fragment = detail::flag_option<option_id::dontfragment>;

// IP_HDRINCL, IPV6_HDRINCL: the caller writes the IP header. Raw sockets only.
using header_included = detail::flag_option<option_id::hdrincl>;

} // namespace ancillary::options
