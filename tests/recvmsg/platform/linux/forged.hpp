// Datagrams whose source is made up, as anybody on the network can send them. Needs root.
#pragma once

#include <cstdint>
#include <string>

namespace option_tests {

// A datagram of one byte, "?", sent on this thread's host to one of its own addresses. False when
// the system does not let it through.
bool send_forged(const std::string& from, std::uint16_t from_port, const std::string& to,
                 std::uint16_t to_port);

} // namespace option_tests
