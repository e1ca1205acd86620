// The tool's output on standard error.
#pragma once

#include <ancillary/decoders/fields.hpp>
#include <ancillary/recvmsg/counters.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace tool {

using clock = std::chrono::steady_clock;

// Writes one line to standard error with one write.
void say(const std::string& line);

// All counters, one per line. `shown`: datagrams written to standard output, or counted in the
// format that writes none. `granted`: without field::dropped_total the kernel's drops are unknown
// and shown as "-".
[[nodiscard]] std::string summary(const ancillary::receive_counters& counters, std::uint64_t shown,
                                  ancillary::field_set granted, clock::duration elapsed);

// The rates between two snapshots taken `interval` apart, in one line that begins with the elapsed
// time since the start.
[[nodiscard]] std::string rates(const ancillary::receive_counters& before,
                                const ancillary::receive_counters& now,
                                ancillary::field_set granted, clock::duration interval,
                                clock::duration elapsed);

} // namespace tool
