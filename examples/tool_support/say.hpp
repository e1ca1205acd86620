#pragma once

#include <string>

namespace tool {

// Writes one line to standard error with one write. Does not wait for standard output.
void say(const std::string& line);

} // namespace tool
