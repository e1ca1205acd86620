#include "capture_pause.hpp"

#include "say.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace tool {
namespace {

// A disk writes some hundred kilobytes in this time.
constexpr std::chrono::milliseconds look_interval{1};

} // namespace

void capture_pause::after(std::span<const ancillary::packet> batch) {
  if (held_.empty() && !watched_.is_filling()) {
    return;
  }
  if (!std::exchange(said_, true)) {
    say("capture: the output is slower than the network; receiving pauses until it has caught up");
  }
  const bool watches = !held_.empty();
  for (const ancillary::packet& each : batch) {
    held_.push_back(each.retain());
  }
  if (!watches) {
    watch();
  }
}

void capture_pause::watch() {
  timer_.begin(std::chrono::steady_clock::now() + look_interval, [this] {
    if (watched_.has_caught_up()) {
      held_.clear();
    }
    return held_.empty() ? std::nullopt
                         : std::optional(std::chrono::steady_clock::now() + look_interval);
  });
}

void capture_pause::end() {
  timer_.end();
  held_.clear();
}

} // namespace tool
