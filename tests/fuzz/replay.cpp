#include "fuzz/replay.hpp"

#include "decoders/buffers.hpp"
#include "fuzz/targets.hpp"
#include "golden/all.hpp"

#include <algorithm>

using namespace ancillary_test;

TEST_CASE("the corpus of the fuzz target decode has no finding", "[fuzz]") {
  fuzz::replay("decode", fuzz::decode);
}
TEST_CASE("the corpus of the fuzz target builder has no finding", "[fuzz]") {
  fuzz::replay("builder", fuzz::builder);
}
TEST_CASE("the corpus of the fuzz target segments has no finding", "[fuzz]") {
  fuzz::replay("segments", fuzz::segments);
}

TEST_CASE("golden buffers are no finding of the fuzz target decode", "[fuzz]") {
  for (const auto& golden : golden::all()) {
    CAPTURE(golden.name);
    const auto layout = std::find(all_layouts.begin(), all_layouts.end(), golden.layout);
    for (const int options : {0, 4, 8, 16, 20}) {
      std::vector<std::byte> input{static_cast<std::byte>(layout - all_layouts.begin() + options)};
      input.insert(input.end(), golden.bytes.begin(), golden.bytes.end());
      REQUIRE_NOTHROW(fuzz::decode(input));
    }
  }
}
