#include "platform/windows/send_attempt.hpp"

#include "platform/windows/system_calls.hpp"

namespace ancillary::detail {

namespace {

// Possible errors for an interface that no longer exists or is down; none is documented.
bool may_be_for_interface(int error) noexcept {
  return error == WSAENETUNREACH || error == WSAEHOSTUNREACH || error == WSAEADDRNOTAVAIL ||
         error == WSAENETDOWN;
}

} // namespace

// Refusals of valid packet info have been reported, cause unknown (Sunshine, issue 5443).
bool may_be_for_pktinfo(int error, const send_attempt& failed, bool segmented) noexcept {
  if (error == WSAEINVAL) {
    return !segmented;
  }
  const bool by_interface = failed.use == pktinfo_use::full && failed.interface_index != 0;
  return error == WSAEADDRNOTAVAIL || (by_interface && may_be_for_interface(error));
}

bool give_up_pktinfo(send_attempt& failed, const outgoing& datagram) noexcept {
  if (failed.use == pktinfo_use::none || !failed.source) {
    return false;
  }
  const bool by_interface = failed.use == pktinfo_use::full && failed.interface_index != 0;
  failed.use = by_interface && datagram.source ? pktinfo_use::without_interface : pktinfo_use::none;
  return true;
}

void count_omissions(const send_attempt& sent, const outgoing& datagram, std::uint64_t datagrams,
                     send_counter_set& count) noexcept {
  const traffic_class wanted = combined_traffic_class(datagram);
  const class_use use = sent.header.traffic_class;
  const bool lacks_dscp = use != class_use::octet && datagram.traffic_class && wanted.dscp() != 0;
  const bool lacks_ecn = use == class_use::none && wanted.ecn() != ecn_codepoint::not_ect;
  const bool by_interface = sent.interface_index != 0;
  count.without_traffic_class.add(lacks_dscp || lacks_ecn ? datagrams : 0);
  count.without_hop_limit.add(datagram.hop_limit && !sent.header.hop_limit ? datagrams : 0);
  count.without_interface.add(by_interface && sent.use != pktinfo_use::full ? datagrams : 0);
  count.without_source.add(datagram.source && sent.use == pktinfo_use::none ? datagrams : 0);
}

} // namespace ancillary::detail
