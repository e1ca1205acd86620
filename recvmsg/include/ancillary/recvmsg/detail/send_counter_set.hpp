#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/recvmsg/detail/relaxed_counter.hpp>
#include <ancillary/recvmsg/outgoing.hpp>
#include <ancillary/recvmsg/send_counters.hpp>

#include <span>

namespace ancillary::detail {

// The live counters behind send_counters.
struct ANCILLARY_API send_counter_set {
  relaxed_counter datagrams, bytes, calls, send_buffer_full, errors, dropped, refused,
      without_interface, without_source, without_traffic_class, without_hop_limit, source_unknown,
      segments_refused, earlier_errors;

  void sent(std::span<const outgoing> gone) noexcept;
  [[nodiscard]] send_counters snapshot() const noexcept;
};

} // namespace ancillary::detail
