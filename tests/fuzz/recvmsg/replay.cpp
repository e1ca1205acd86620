#include "fuzz/replay.hpp"

#include "fuzz/targets.hpp"

TEST_CASE("the corpus of the fuzz target loop has no finding", "[fuzz]") {
  ancillary_test::fuzz::replay("loop", ancillary_test::fuzz::loop);
}
