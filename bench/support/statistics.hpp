// Medians and their confidence intervals.
#pragma once

#include <span>

namespace ancillary::bench {

struct interval {
  double median = 0;
  double low = 0;
  double high = 0;
};

[[nodiscard]] double median(std::span<const double> values);

// The median of `values` with its 95 percent interval, by resampling (percentile bootstrap). The
// resampling is deterministic: equal values give equal intervals.
[[nodiscard]] interval bootstrap(std::span<const double> values);

} // namespace ancillary::bench
