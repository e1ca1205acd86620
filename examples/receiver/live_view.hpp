// The live view (--top): a table of the busiest peers, destinations or DSCPs.
#pragma once

#include "command_line.hpp"
#include "heavy_hitters.hpp"
#include "top_frame.hpp"
#include "top_key.hpp"
#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/occupancy.hpp>
#include <ancillary/recvmsg/packet.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tool {

// Counts datagrams and draws the picture of the last interval. Its memory does not depend on the
// number of peers: it follows the busiest, see heavy_hitters, and shows the rest as one row.
class live_view {
public:
  // `where`: the address of the socket, for the title.
  live_view(top_by by, std::string where);

  void add(std::span<const ancillary::packet> batch);

  // What the view does not count itself.
  struct surroundings {
    ancillary::receive_counters counters{};
    bool knows_kernel_drops = false;
    std::optional<ancillary::receive_queue> queue{};
    std::chrono::nanoseconds elapsed{}; // since the start
  };

  // The picture since the last one, as text for standard output: on a terminal one that replaces
  // the last, else lines after an empty one.
  [[nodiscard]] std::string draw(const surroundings& around);

private:
  struct followed {
    top_key key;
    top_counts counts;
  };

  [[nodiscard]] std::vector<top_row> busiest(std::size_t most);
  [[nodiscard]] std::string state_of(const surroundings& around, double seconds) const;

  top_by by_;
  std::string where_;
  heavy_hitters<top_key, top_counts, top_hash> table_;
  top_counts total_;
  std::vector<followed> ranking_; // reuses its memory
  ancillary::receive_counters last_counters_{};
  std::chrono::nanoseconds last_elapsed_{};
  bool has_cleared_screen_ = false;
};

} // namespace tool
