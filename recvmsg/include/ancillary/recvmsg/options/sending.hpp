// Options for sending: header fields, fragmentation, raw headers.
#pragma once

#include <ancillary/recvmsg/options/flag_option.hpp>
#include <ancillary/recvmsg/options/number_option.hpp>

namespace ancillary::options {

// IP_TTL: the TTL of unicast datagrams, or on IPv6 the hop limit (IPV6_UNICAST_HOPS), 1 to 255.
// hop_limit() is 64, as RFC 1700 recommends.
// On a dual-stack socket, socket.set_option sets it for IPv6 peers only, set_option() for all.
using hop_limit = detail::number_option<option_id::ttl, 1, 255, 64>;

// IP_TOS, IPV6_TCLASS: DSCP in the upper six bits and ECN in the lower two, 0 to 255. Microsoft
// advises against it: by default Windows accepts the value and sends zero. On Windows, use the
// Quality of Service API for DSCP (QOSAddSocketToFlow and QOSSetFlow, "qWAVE") and the control
// message of a reply for ECN.
// On a dual-stack socket, socket.set_option sets it for IPv6 peers only, set_option() for all.
using type_of_service = detail::number_option<option_id::tos, 0, 255, 0>;

// IP_DONTFRAGMENT, IPV6_DONTFRAG: sets DF on datagrams, so that one above the path's MTU fails with
// message_size. On Linux IPv4 this is path_mtu_discovery with `always` or `never`, so the two
// options overwrite each other.
// On a dual-stack socket, socket.set_option sets it for IPv6 peers only, set_option() for all.
using dont_fragment = detail::flag_option<option_id::dontfragment>;

// IP_HDRINCL, IPV6_HDRINCL: the caller writes the IP header. Raw sockets only.
using header_included = detail::flag_option<option_id::hdrincl>;

} // namespace ancillary::options
