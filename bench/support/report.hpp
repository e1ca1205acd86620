// The figures of a run, printed as they arrive, and as JSON at the end.
#pragma once

#include "statistics.hpp"

#include <array>
#include <string>
#include <vector>

namespace ancillary::bench {

struct figure {
  std::string name;   // "throughput/drain/64/ours"
  std::string metric; // "receiver_cpu"
  interval value;
  std::string unit;     // "ns/datagram"
  interval ratio;       // of paired rounds; a median of 0: none
  std::string ratio_to; // the name of the reference
  // Each four rounds of the reference, this, this and the reference; those left out of the ratio.
  std::vector<std::array<double, 4>> rounds{};
  std::size_t left_out = 0;
};

class report {
public:
  void add(figure one) { figures_.push_back(std::move(one)); }

  // Writes {"figures": [...]}; returns false if the file cannot be written.
  [[nodiscard]] bool write(const std::string& path) const;

private:
  std::vector<figure> figures_;
};

} // namespace ancillary::bench
