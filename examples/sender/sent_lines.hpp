// What was sent, as text for standard output.
#pragma once

#include "command_line.hpp"
#include <ancillary/recvmsg/outgoing.hpp>

#include <cstdint>
#include <string>

namespace tool {

// Appends the line of one payload, in the format of the arguments. Fields that the system chose are
// absent. `number`: of the payload, from 0.
void append_line(std::string& text, const command_line& arguments, const ancillary::outgoing& sent,
                 std::uint64_t number, std::uint16_t source_port);

} // namespace tool
