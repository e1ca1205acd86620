#pragma once

#include "../support/subject.hpp"

namespace ancillary::bench {

// The receivers available on every system.
[[nodiscard]] std::vector<subject_kind> portable_subjects();

} // namespace ancillary::bench
