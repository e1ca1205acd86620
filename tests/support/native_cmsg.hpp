#pragma once

#include <ancillary/decoders/control_cursor.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace ancillary_test {

// The messages of a valid control buffer as the running system's own macros walk it: CMSG_NXTHDR on
// Linux, WSA_CMSG_NXTHDR on Windows. `data` points into the buffer, which must be aligned for a
// header. Bytes that are not valid may make the macros loop for ever.
std::vector<ancillary::control_message> native_messages(std::span<std::byte> buffer);

} // namespace ancillary_test
