#pragma once

#include <ancillary/decoders/control_cursor.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace ancillary_test {

// The messages of a valid control buffer, walked with the running system's macros: CMSG_NXTHDR on
// Linux, WSA_CMSG_NXTHDR on Windows. `data` points into the buffer, which must be aligned for a
// header. Invalid bytes may make the macros loop for ever.
std::vector<ancillary::control_message> native_messages(std::span<std::byte> buffer);

} // namespace ancillary_test
