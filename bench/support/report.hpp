// The figures of a run, for people as they come, and as JSON at the end.
#pragma once

#include "statistics.hpp"

#include <string>
#include <vector>

namespace ancillary::bench {

struct figure {
  std::string name;   // "throughput/drain/64/ours"
  std::string metric; // "receiver_cpu"
  interval value;
  std::string unit;     // "ns/datagram"
  interval ratio;       // of paired rounds; a median of 0: there is none
  std::string ratio_to; // the name of what it was compared with
};

class report {
public:
  void add(figure one) { figures_.push_back(std::move(one)); }

  // Writes {"figures": [...]}; false when the file cannot be written.
  [[nodiscard]] bool write(const std::string& path) const;

private:
  std::vector<figure> figures_;
};

} // namespace ancillary::bench
