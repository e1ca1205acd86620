// Parses the command line's addresses. All functions throw std::invalid_argument with a message
// that says what is wrong and what is valid.
#pragma once

#include "command_line.hpp"

#include <string_view>

namespace tool {

// "127.0.0.1:9000", "[::]:9000", "[fe80::1%eth0]:9000"; with port 0 the system chooses. An IPv4
// address in IPv6 form is the IPv4 address. The zone is an interface of this host.
[[nodiscard]] asio::ip::udp::endpoint parse_endpoint(std::string_view text);

// "239.1.2.3", "239.1.2.3@eth0", "ff02::1234@7", "ff02::1234%eth0". The interface is looked up
// later.
[[nodiscard]] group_join parse_join(std::string_view text);

} // namespace tool
