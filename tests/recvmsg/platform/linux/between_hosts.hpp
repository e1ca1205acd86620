// Common code for tests between two hosts.
#pragma once

#include "recvmsg/options/hex.hpp"
#include "recvmsg/options/inbox.hpp"
#include "support/catch.hpp"
#include "two_hosts.hpp"
#include <ancillary/recvmsg/interface.hpp>
#include <ancillary/recvmsg/multicast.hpp>

#include <asio/ip/udp.hpp>
#include <string>
#include <system_error>
#include <vector>

namespace option_tests {

namespace options = ancillary::options;
using ancillary::field;
using asio::ip::make_address;
using asio::ip::udp;

inline const ancillary::field_set everything{field::destination, field::interface_index,
                                             field::hop_limit, field::traffic_class};

// Both families use the same tests.
struct family_case {
  udp protocol;
  asio::ip::address far_address;  // on far0
  asio::ip::address near_address; // on near0
  asio::ip::address far_second;   // on far0 too
  asio::ip::address routed;       // on far, over both links
  asio::ip::address group;
  std::size_t header_bytes; // IP and UDP
};

inline std::vector<family_case> both() {
  return {{udp::v4(), make_address("10.77.0.2"), make_address("10.77.0.1"),
           make_address("10.77.0.3"), make_address("10.77.9.9"), make_address("239.77.7.7"), 28},
          {udp::v6(), make_address("fd77::2"), make_address("fd77::1"), make_address("fd77::3"),
           make_address("fd79::9"), make_address("ff15::77"), 48}};
}

inline std::uint32_t index_of(const char* name) {
  return ancillary::interface_index(name).value_or(0);
}

inline std::error_code send_bytes(udp::socket& socket, std::size_t bytes,
                                  const asio::ip::address& to, unsigned short port) {
  std::error_code ec;
  socket.send_to(asio::buffer(std::string(bytes, 'x')), {to, port}, 0, ec);
  return ec;
}

// Sends a datagram to a group on one of the links.
inline void send_on(udp::socket& socket, std::uint32_t index, const std::string& payload,
                    const asio::ip::address& group, unsigned short port) {
  ancillary::set_option(socket, options::multicast_interface(index));
  send(socket, payload, group, port);
}

inline constexpr std::size_t link_mtu_bytes = 1400;

} // namespace option_tests

#define NEEDS_TWO_HOSTS(hosts)                                                                     \
  two_hosts hosts;                                                                                 \
  if (!hosts.missing().empty()) {                                                                  \
    SKIP_BECAUSE(hosts.missing());                                                                 \
  }
