// The tool's output on standard error.
#pragma once

#include "say.hpp"
#include <ancillary/decoders/fields.hpp>
#include <ancillary/recvmsg/counters.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace tool {

using clock = std::chrono::steady_clock;

// What became of the datagrams that the receiver delivered.
struct output_counters {
  std::uint64_t shown = 0; // written to standard output, or counted in the format that writes none
  std::uint64_t left_out = 0;  // beyond the lines of a second
  std::uint64_t not_shown = 0; // beyond the count, or of a write that failed, which may be in part
};

// All counters, one per line. `granted`: without field::dropped_total the kernel's drops are
// unknown and shown as "-".
[[nodiscard]] std::string summary(const ancillary::receive_counters& counters,
                                  const output_counters& output, ancillary::field_set granted,
                                  clock::duration elapsed);

// One line of a summary, without the newline.
[[nodiscard]] std::string summary_line(const std::string& name, std::uint64_t value);

// The rates between two snapshots taken `interval` apart, in one line that begins with the elapsed
// time since the start.
[[nodiscard]] std::string rates(const ancillary::receive_counters& before,
                                const ancillary::receive_counters& now,
                                ancillary::field_set granted, clock::duration interval,
                                clock::duration elapsed);

} // namespace tool
