// The packets that wait for the network, in memory that is allocated once.
#pragma once

#include "network.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

// A probe for a larger MTU travels alone: a system that refuses it would refuse its whole run.
enum class run_use : std::uint8_t { shared, alone };

// Packets are written to room() and appended. Consecutive packets of one path, one ECN value and
// one size (the last may be shorter) form a run, which leaves as one segmented payload. When the
// send buffer is full, packets stay here in order; nothing is appended until they have left.
class outbox {
public:
  explicit outbox(network& net);

  // Room for a packet of this size, at most 65,507 bytes. Sends what is there if it has to; empty
  // if the send buffer is full.
  [[nodiscard]] std::span<std::uint8_t> room(std::size_t bytes);

  // The first bytes of the last room().
  void append(std::size_t bytes, const network_path& path, std::uint8_t ecn,
              run_use use = run_use::shared);

  // Sends everything, or becomes blocked.
  void flush();

  // The send buffer is full: call flush() when it has room.
  [[nodiscard]] bool blocked() const { return blocked_; }

  // Runs that the system refused, for example a probe above the interface's MTU. To QUIC they are
  // lost packets.
  [[nodiscard]] std::uint64_t refused_runs() const { return refused_runs_; }

private:
  [[nodiscard]] bool extends_last(std::size_t bytes, const network_path& path,
                                  std::uint8_t ecn) const;

  network& network_;
  std::vector<std::uint8_t> memory_;
  std::size_t used_ = 0;
  std::vector<ancillary::outgoing> runs_;
  std::size_t sent_runs_ = 0;
  network_path last_path_;
  std::uint8_t last_ecn_ = 0;
  std::size_t last_packet_bytes_ = 0;
  std::size_t last_packets_ = 0; // of the last run; 0: it cannot be extended
  bool blocked_ = false;
  std::uint64_t refused_runs_ = 0;
};
