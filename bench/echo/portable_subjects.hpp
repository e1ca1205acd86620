#pragma once

#include "../support/subject.hpp"

namespace ancillary::bench {

// The echo servers available on every system.
[[nodiscard]] std::vector<subject_kind> portable_subjects();

} // namespace ancillary::bench
