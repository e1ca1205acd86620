// How full the buffers of a receive loop are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace ancillary {

// The receive buffer of a socket, where datagrams wait for the next receive call.
struct receive_queue {
  // Linux (SO_MEMINFO, since 4.12): the memory that the waiting datagrams take, which is a multiple
  // of small ones. Windows (FIONREAD): their payload bytes; Wine: those of the first.
  std::uint64_t bytes = 0;
  // The system drops datagrams when `bytes` reaches this: SO_RCVBUF, which on Linux is twice the
  // size set.
  std::uint64_t capacity_bytes = 0;
};

// At one moment. Slots minus held slots are free for receiving.
struct receive_occupancy {
  std::size_t slots = 0;      // of the pool, which other receivers may share
  std::size_t held_slots = 0; // by retained packets, or by a batch whose delivery was interrupted
  std::optional<receive_queue> queue{}; // nullopt: the system does not tell
};

} // namespace ancillary
