#include "coalescing/coalescing_watch.hpp"

#include "platform/driver.hpp"
#include "slots/window.hpp"
#include <ancillary/recvmsg/endpoint.hpp>
#include <ancillary/recvmsg/packet.hpp>

#include <algorithm>
#include <limits>

namespace ancillary::detail {

namespace {

std::uint32_t unsuspicious_bytes(const coalescing_guard& guard) noexcept {
  if (guard.holds_several) {
    return 0;
  }
  std::uint32_t bytes = std::numeric_limits<std::uint32_t>::max();
  if (guard.largest_datagram_bytes != 0) {
    bytes = guard.largest_datagram_bytes;
  }
  return guard.by_interface_mtu ? std::min(bytes, payload_of_any_interface) : bytes;
}

// Whether the system reported where the datagrams begin, or that the buffer is one datagram.
bool is_marked(const slot& each) noexcept {
  const auto segment = each.metadata.segment_bytes();
  const bool is_cut = (each.flags & slot_flag::payload_truncated) != 0;
  return segment && *segment != 0 && (is_cut || *segment <= each.payload_bytes);
}

} // namespace

coalescing_watch::coalescing_watch(const coalescing_guard& guard)
    : guard_(guard), unsuspicious_bytes_(unsuspicious_bytes(guard)) {}

coalescing_watch::findings coalescing_watch::inspect(window& slots, std::size_t count,
                                                     batch_source& source) noexcept {
  findings result;
  for (std::size_t i = 0; i < count; ++i) {
    slot& each = slots[i];
    if (each.payload_bytes > unsuspicious_bytes_ && holds_several(each)) [[unlikely]] {
      ++result.found;
      switched_off_ = switched_off_ || source.stop_coalescing();
      if (guard_.on_detection == unmarked_coalescing::drop) {
        ++result.dropped;
        continue;
      }
      each.flags |= slot_flag::coalesced_unmarked;
    }
    if (result.dropped != 0) [[unlikely]] {
      slots.exchange(i, slots.exchange(result.kept, &each));
    }
    ++result.kept;
  }
  return result;
}

bool coalescing_watch::holds_several(const slot& each) noexcept {
  if (is_marked(each)) {
    return false;
  }
  return (guard_.largest_datagram_bytes != 0 &&
          each.payload_bytes > guard_.largest_datagram_bytes) ||
         (guard_.by_interface_mtu && exceeds_interface(each)) ||
         (guard_.holds_several && guard_.holds_several(packet(each, each.payload_span())));
}

bool coalescing_watch::exceeds_interface(const slot& each) noexcept {
  try {
    return limit_.exceeded_by(each.payload_bytes, from_asio(each.remote.address()),
                              each.metadata.interface_index());
  } catch (...) {
    return false; // out of memory; the next buffer is examined again
  }
}

} // namespace ancillary::detail
