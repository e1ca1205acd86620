#include "bare_subjects.hpp"

std::vector<ancillary::bench::subject_kind> ancillary::bench::libuv_subjects() { return {}; }
