// Parses the command line's addresses. All functions throw std::invalid_argument with a message
// that says what is wrong and what is valid.
#pragma once

#include <asio/ip/address.hpp>
#include <asio/ip/udp.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace tool {

// A multicast group to join, on an interface given by name, index or address; empty: the system
// chooses. With a source, only what that source sends (source-specific multicast).
struct group_join {
  asio::ip::address group;
  std::string interface_text;
  std::optional<asio::ip::address> source{};
};

// "127.0.0.1:9000", "[::]:9000", "[fe80::1%eth0]:9000"; with port 0 the system chooses. An IPv4
// address in IPv6 form is the IPv4 address. The zone is an interface of this host.
[[nodiscard]] asio::ip::udp::endpoint parse_endpoint(std::string_view text);

// "192.0.2.1", "2001:db8::1"; an IPv4 address in IPv6 form is the IPv4 address.
[[nodiscard]] asio::ip::address parse_address(std::string_view text);

// "239.1.2.3", "239.1.2.3@eth0", "ff02::1234@7", "ff02::1234%eth0", "232.1.2.3@eth0=192.0.2.1". The
// interface is looked up later.
[[nodiscard]] group_join parse_join(std::string_view text);

} // namespace tool
