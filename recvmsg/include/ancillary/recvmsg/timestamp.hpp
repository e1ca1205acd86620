// From a receive timestamp to the time of day.
#pragma once

#include <ancillary/decoders/fields.hpp>

#include <chrono>
#include <optional>

namespace ancillary {

// Nanoseconds since the Unix epoch. A `realtime` stamp is that already. A `performance_counter`
// stamp (Windows) is placed by comparing the counter with the system clock at the moment of the
// call: exact to the granularity of the system clock. Call it within an hour of receiving: a stamp
// that is older, or in the future, is taken for one of a network device, which on Windows looks the
// same and counts on the device's own clock: empty. So is a `hardware` stamp.
[[nodiscard]] std::optional<std::chrono::nanoseconds>
time_since_unix_epoch(const timestamp& stamp) noexcept;

} // namespace ancillary
