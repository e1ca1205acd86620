#pragma once

#include <string>

namespace tool {

// Writes one line to standard error with one write.
void say(const std::string& line);

} // namespace tool
