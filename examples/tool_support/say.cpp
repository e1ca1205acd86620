#include "say.hpp"

#include <iostream>

namespace tool {

void say(const std::string& line) { std::cerr << line + '\n' << std::flush; }

} // namespace tool
