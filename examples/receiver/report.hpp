// What the tool says on standard error.
#pragma once

#include <ancillary/decoders/fields.hpp>
#include <ancillary/recvmsg/counters.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace tool {

using clock = std::chrono::steady_clock;

// Writes one line to standard error, in one piece.
void say(const std::string& line);

// All counters, one to a line. `shown`: datagrams that were written to standard output, or would
// have been in a format that writes none. `granted`: without field::dropped_total nobody knows what
// the kernel dropped, and it is shown as "-".
[[nodiscard]] std::string summary(const ancillary::receive_counters& counters, std::uint64_t shown,
                                  ancillary::field_set granted, clock::duration elapsed);

// The rates between two snapshots `interval` apart, in one line that begins with the time since the
// start.
[[nodiscard]] std::string rates(const ancillary::receive_counters& before,
                                const ancillary::receive_counters& now,
                                ancillary::field_set granted, clock::duration interval,
                                clock::duration elapsed);

} // namespace tool
