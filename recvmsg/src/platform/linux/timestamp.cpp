#include <ancillary/recvmsg/timestamp.hpp>

namespace ancillary {

std::optional<std::chrono::nanoseconds> time_since_unix_epoch(const timestamp& stamp) noexcept {
  if (stamp.clock != timestamp_clock::realtime) {
    return std::nullopt;
  }
  return std::chrono::nanoseconds(stamp.value);
}

} // namespace ancillary
