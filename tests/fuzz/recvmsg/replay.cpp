#include "fuzz/replay.hpp"

#include "fuzz/targets.hpp"

TEST_CASE("fuzz target loop: the corpus passes", "[fuzz]") {
  ancillary_test::fuzz::replay("loop", ancillary_test::fuzz::loop);
}
