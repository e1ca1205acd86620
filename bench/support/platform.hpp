// What the benchmarks ask of the operating system beside datagrams.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ancillary::bench {

// Processor time of this process: its threads are those of the receiver. The sum is exact; how it
// divides into user and system is sampled by some systems.
struct processor_time {
  std::int64_t total_ns = 0;
  std::int64_t user_ns = 0;
  std::int64_t system_ns = 0;
};

[[nodiscard]] std::int64_t receiver_time_ns();
[[nodiscard]] processor_time receiver_time();

// Allocations by this program so far, in whichever way it asked for memory.
[[nodiscard]] std::uint64_t allocation_count() noexcept;

// Datagrams that the system had no room for on the sockets of these ports, so far; nothing where it
// does not say.
[[nodiscard]] std::optional<std::uint64_t>
dropped_by_system(const std::vector<std::uint16_t>& ports);

// Keeps the calling thread on the first or on the last processor: the two ends of a run do not
// chase each other.
enum class place { first, last };
void stay_on(place processor);

// Starts this program again with the one argument, as another process, and returns the first line
// that it prints. It ends with this process.
[[nodiscard]] std::string start_again(const std::string& argument);

} // namespace ancillary::bench
