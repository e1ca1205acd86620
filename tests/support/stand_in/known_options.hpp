// The socket options that the headers of Windows name.
#pragma once

namespace ancillary_test {

// Whether a UDP socket has options of this level: IPPROTO_IP, IPPROTO_UDP, IPPROTO_IPV6 or
// SOL_SOCKET.
[[nodiscard]] bool is_known_level(int level) noexcept;

// Whether ws2ipdef.h or ws2tcpip.h defines this option. All SOL_SOCKET options, which no row of
// docs/windows.md covers, count as known.
[[nodiscard]] bool is_known_option(int level, int name) noexcept;

} // namespace ancillary_test
