// Runs a fuzz target on its corpus, on every host.
#pragma once

#include "support/catch.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

namespace ancillary_test::fuzz {

inline void replay(const char* name, void (*target)(std::span<const std::byte>)) {
  const auto folder = std::filesystem::path(ANCILLARY_FUZZ_CORPUS) / name;
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    CAPTURE(entry.path().filename().string());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    REQUIRE_NOTHROW(target(std::as_bytes(std::span(bytes))));
    ++count;
  }
  CHECK(count != 0);
}

} // namespace ancillary_test::fuzz
