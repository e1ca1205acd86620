// Marks what scripts/check-instructions.sh counts, for callgrind: it collects inside
// ancillary_counted() alone and writes a file after each ancillary_counted_round().
#pragma once

#include <cstdint>
#include <memory>
#include <string>

extern "C" {
void ancillary_counted(void (*run)(void*), void* argument);
void ancillary_counted_round(void (*run)(void*), void* argument);
}

namespace ancillary::bench {

inline constexpr unsigned counted_rounds = 5;

// Announces the next `counted_rounds` rounds, each of which processes this many datagrams.
void announce_count(const std::string& name, std::uint64_t datagrams);

// Announces what cannot run on this machine.
void announce_no_count(const std::string& name, const std::string& reason);

// Runs one of the announced rounds.
template <class Run>
void count_round(Run&& run) {
  ancillary_counted_round([](void* argument) { (*static_cast<Run*>(argument))(); },
                          std::addressof(run));
}

} // namespace ancillary::bench
