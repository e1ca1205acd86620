// One program per target: ANCILLARY_FUZZ_TARGET is its function.
#include "fuzz/targets.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ancillary_test::fuzz::ANCILLARY_FUZZ_TARGET(std::as_bytes(std::span(data, size)));
  return 0;
}
