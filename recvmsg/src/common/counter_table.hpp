// The counters as a table, for code that treats all alike: sums, and text for collectors. A test of
// the latter fails if one is missing here.
#pragma once

#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/send_counters.hpp>

#include <cstdint>

namespace ancillary::detail {

template <class Counters>
struct counter {
  const char* name; // of the metric, without its prefix and _total
  const char* help;
  std::uint64_t Counters::*number;
};

// All of receive_counters, except `errors` and `longest_pool_wait`.
inline constexpr counter<receive_counters> receive_numbers[] = {
    {"datagrams", "Datagrams received from the system", &receive_counters::datagrams},
    {"payload_bytes", "Payload bytes of the received datagrams", &receive_counters::bytes},
    {"batches", "Receive calls that returned datagrams", &receive_counters::batches},
    {"coalesced_buffers", "Buffers that held more than one datagram",
     &receive_counters::coalesced_buffers},
    {"filtered", "Datagrams that a filter rejected", &receive_counters::filtered},
    {"discarded_on_stop", "Datagrams received, but not delivered before a stop",
     &receive_counters::discarded_on_stop},
    {"unmarked_dropped", "Coalesced buffers without a segment size that the guard dropped",
     &receive_counters::unmarked_dropped},
    {"lane_queue_full", "Datagrams dropped because the queue of their lane was full",
     &receive_counters::lane_queue_full},
    {"unmarked_coalesced", "Coalesced buffers without a segment size that the guard found",
     &receive_counters::unmarked_coalesced},
    {"payload_truncated", "Datagrams longer than the payload capacity",
     &receive_counters::payload_truncated},
    {"control_truncated", "Datagrams that lost metadata because the control buffer was too small",
     &receive_counters::control_truncated},
    {"control_malformed", "Control buffers with invalid contents",
     &receive_counters::control_malformed},
    {"metadata_missing", "Datagrams that lack a granted field",
     &receive_counters::metadata_missing},
    {"metadata_duplicate", "Control messages beyond the first for one field",
     &receive_counters::metadata_duplicate},
    {"kernel_drops", "Datagrams that the system dropped before they could be received",
     &receive_counters::kernel_drops},
    {"wakeups", "Turns of the receive loop", &receive_counters::wakeups},
    {"pauses", "Times that receiving paused because all slots were held",
     &receive_counters::pauses},
    {"pool_waits", "Turns that waited for another receiver of a shared pool",
     &receive_counters::pool_waits},
};

// All of send_counters.
inline constexpr counter<send_counters> reply_numbers[] = {
    {"datagrams", "Replies that the system accepted", &send_counters::datagrams},
    {"payload_bytes", "Payload bytes of these replies", &send_counters::bytes},
    {"calls", "Send calls", &send_counters::calls},
    {"send_buffer_full", "Times that the send buffer was full", &send_counters::send_buffer_full},
    {"errors", "Replies that the system refused, or that were invalid", &send_counters::errors},
    {"dropped", "Replies dropped: send buffer full, or receiver stopped", &send_counters::dropped},
    {"refused", "Replies to a remote that may not be answered", &send_counters::refused},
    {"without_interface", "Replies whose interface the system refused",
     &send_counters::without_interface},
    {"without_source", "Replies whose source address the system refused",
     &send_counters::without_source},
    {"without_traffic_class", "Replies whose DSCP or ECN the system refused",
     &send_counters::without_traffic_class},
    {"without_hop_limit", "Replies whose hop limit the system refused",
     &send_counters::without_hop_limit},
    {"source_unknown", "Replies to requests without a known destination",
     &send_counters::source_unknown},
    {"segments_refused", "Payloads that the library had to split itself",
     &send_counters::segments_refused},
    {"earlier_errors", "Errors of earlier datagrams that a send call reported",
     &send_counters::earlier_errors},
};

} // namespace ancillary::detail
