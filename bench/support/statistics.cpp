#include "statistics.hpp"

#include <algorithm>
#include <cstddef>
#include <random>
#include <vector>

namespace ancillary::bench {

namespace {

constexpr std::size_t resamples = 2000;
constexpr std::size_t tail = resamples / 40; // 2.5 percent at each end

} // namespace

double median(std::span<const double> values) {
  if (values.empty()) {
    return 0;
  }
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 != 0 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

interval bootstrap(std::span<const double> values) {
  if (values.empty()) {
    return {};
  }
  std::mt19937 random(1); // NOLINT: repeatable on purpose
  std::uniform_int_distribution<std::size_t> pick(0, values.size() - 1);
  std::vector<double> medians;
  std::vector<double> sample(values.size());
  for (std::size_t i = 0; i < resamples; ++i) {
    std::ranges::generate(sample, [&] { return values[pick(random)]; });
    medians.push_back(median(sample));
  }
  std::ranges::sort(medians);
  return {median(values), medians[tail], medians[resamples - 1 - tail]};
}

} // namespace ancillary::bench
