// System services for the benchmarks, besides datagrams.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ancillary::bench {

// Processor time of this process, whose threads are the receiver's. The sum is exact; some systems
// sample the split into user and system time.
struct processor_time {
  std::int64_t total_ns = 0;
  std::int64_t user_ns = 0;
  std::int64_t system_ns = 0;
};

[[nodiscard]] std::int64_t receiver_time_ns();
[[nodiscard]] processor_time receiver_time();

// Allocations by this program so far, by any allocation function.
[[nodiscard]] std::uint64_t allocation_count() noexcept;

// Datagrams that the system has dropped on the sockets of these ports; nullopt if unknown.
[[nodiscard]] std::optional<std::uint64_t>
dropped_by_system(const std::vector<std::uint16_t>& ports);

// Binds the calling thread to the first or the last processor, so that the two processes do not
// compete.
enum class place { first, last };
void stay_on(place processor);

// Starts this program again as another process with one argument, and returns the first line of its
// output. The process ends with this one.
[[nodiscard]] std::string start_again(const std::string& argument);

} // namespace ancillary::bench
