#pragma once

#include "../support/subject.hpp"

namespace ancillary::bench {

// The receivers that are written for every system.
[[nodiscard]] std::vector<subject_kind> portable_subjects();

} // namespace ancillary::bench
