// Datagrams with a forged source, as anybody on the network can send them. Requires root.
#pragma once

#include <cstdint>
#include <string>

namespace option_tests {

// A datagram of one byte, "?", sent on this thread's host to one of its own addresses. Returns
// false if the system blocks it.
bool send_forged(const std::string& from, std::uint16_t from_port, const std::string& to,
                 std::uint16_t to_port);

} // namespace option_tests
