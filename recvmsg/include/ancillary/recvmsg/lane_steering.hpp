// Which lane a datagram goes to.
#pragma once

#include <cstdint>

namespace ancillary {

// On systems where each lane has a socket of its own (Linux).
enum class lane_steering : std::uint8_t {
  by_flow, // the kernel's hash over addresses and ports: one flow stays on one lane
  by_cpu,  // the CPU that received it, modulo the number of lanes (SO_ATTACH_REUSEPORT_CBPF): no
           // cache line crosses CPUs when lanes are pinned and the card spreads flows over queues
};

} // namespace ancillary
