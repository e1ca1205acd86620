// The socket options that the headers of Windows name.
#pragma once

namespace ancillary_test {

// Whether a level is one of a UDP socket's: IPPROTO_IP, IPPROTO_UDP, IPPROTO_IPV6 or SOL_SOCKET.
[[nodiscard]] bool is_known_level(int level) noexcept;

// Whether ws2ipdef.h or ws2tcpip.h has an option of this number. Those of SOL_SOCKET, which no row
// of docs/windows.md is about, all count as known.
[[nodiscard]] bool is_known_option(int level, int name) noexcept;

} // namespace ancillary_test
