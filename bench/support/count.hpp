// Rounds of a fixed number of datagrams, without a second process and without a clock.
#pragma once

#include "subject.hpp"

namespace ancillary::bench {

// Runs the rounds of these subjects, with announcements.
void run_counted(const std::vector<subject_kind>& subjects);

} // namespace ancillary::bench
