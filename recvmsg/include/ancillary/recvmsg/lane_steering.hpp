// How the system chooses the lane of a datagram.
#pragma once

#include <cstdint>

namespace ancillary {

// For systems where each lane has its own socket (Linux).
enum class lane_steering : std::uint8_t {
  by_flow, // the kernel's hash of addresses and ports: a flow stays on one lane
  by_cpu,  // the receiving CPU, modulo the number of lanes (SO_ATTACH_REUSEPORT_CBPF): no cache
           // line crosses CPUs if lanes are pinned and the adapter spreads flows over queues
};

} // namespace ancillary
