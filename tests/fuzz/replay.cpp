#include "fuzz/replay.hpp"

#include "decoders/buffers.hpp"
#include "fuzz/targets.hpp"
#include "golden/all.hpp"

#include <algorithm>

using namespace ancillary_test;

TEST_CASE("fuzz target decode: the corpus passes", "[fuzz]") {
  fuzz::replay("decode", fuzz::decode);
}
TEST_CASE("fuzz target builder: the corpus passes", "[fuzz]") {
  fuzz::replay("builder", fuzz::builder);
}
TEST_CASE("fuzz target segments: the corpus passes", "[fuzz]") {
  fuzz::replay("segments", fuzz::segments);
}

TEST_CASE("fuzz target transport_error: the corpus passes", "[fuzz]") {
  fuzz::replay("transport_error", fuzz::transport_error);
}

TEST_CASE("fuzz target pcapng: the corpus passes", "[fuzz]") {
  fuzz::replay("pcapng", fuzz::pcapng);
}

TEST_CASE("fuzz target decode: the golden buffers pass", "[fuzz]") {
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
