#pragma once

#include "../../support/linux/bare.hpp"

namespace ancillary::bench {

[[nodiscard]] std::vector<subject_kind> bare_subjects();
[[nodiscard]] std::vector<subject_kind> drain_subjects();
[[nodiscard]] std::vector<subject_kind> libuv_subjects(); // empty if it is not installed

} // namespace ancillary::bench
