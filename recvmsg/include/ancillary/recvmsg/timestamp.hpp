// Converts a receive timestamp to the time of day.
#pragma once

#include <ancillary/decoders/export.hpp>
#include <ancillary/decoders/fields.hpp>

#include <chrono>
#include <optional>

namespace ancillary {

// Nanoseconds since the Unix epoch. A `realtime` timestamp has that unit already. A
// `performance_counter` timestamp (Windows) is converted by comparing the counter with the system
// clock at the time of the call, with the granularity of the system clock. Call this within an hour
// of reception: an older or future timestamp is assumed to be an adapter's, which looks the same on
// Windows but counts on the adapter's own clock, and gives nullopt. So does a `hardware` timestamp.
[[nodiscard]] ANCILLARY_API std::optional<std::chrono::nanoseconds>
time_since_unix_epoch(const timestamp& stamp) noexcept;

} // namespace ancillary
