#include "say.hpp"

#include <iostream>

namespace tool {

void say(const std::string& line) {
  std::cerr.tie(nullptr); // else it would flush standard output first, which may be blocked
  std::cerr << line + '\n' << std::flush;
}

} // namespace tool
