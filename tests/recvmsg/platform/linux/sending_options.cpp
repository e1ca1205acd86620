// Options of sending on a dual-stack socket: its IPv4 peers have a level of their own.

#include "support/catch.hpp"
#include <ancillary/recvmsg/interface.hpp>
#include <ancillary/recvmsg/socket_options.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

namespace options = ancillary::options;
using asio::ip::udp;

namespace {

udp::socket dual_stack(asio::io_context& io) {
  udp::socket socket(io, udp::v6());
  socket.set_option(asio::ip::v6_only(false));
  return socket;
}

int value_of(udp::socket& socket, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  REQUIRE(::getsockopt(socket.native_handle(), level, name, &value, &size) == 0);
  return value;
}

struct two_levels {
  int ipv4, ipv6;
};

// What both levels are after `option` was set.
template <class Option>
void check_both(const Option& option, const two_levels& names, const two_levels& values) {
  CAPTURE(names.ipv4);
  asio::io_context io;
  {
    udp::socket plain = dual_stack(io);
    const int before = value_of(plain, IPPROTO_IP, names.ipv4);
    plain.set_option(option);
    CHECK(value_of(plain, IPPROTO_IPV6, names.ipv6) == values.ipv6);
    CHECK(value_of(plain, IPPROTO_IP, names.ipv4) == before);
  }
  udp::socket socket = dual_stack(io);
  ancillary::set_option(socket, option);
  CHECK(value_of(socket, IPPROTO_IPV6, names.ipv6) == values.ipv6);
  CHECK(value_of(socket, IPPROTO_IP, names.ipv4) == values.ipv4);

  udp::socket with_code = dual_stack(io);
  std::error_code error;
  ancillary::set_option(with_code, option, error);
  CHECK_FALSE(error);
  CHECK(value_of(with_code, IPPROTO_IP, names.ipv4) == values.ipv4);

  udp::socket v6_alone(io, udp::v6());
  v6_alone.set_option(asio::ip::v6_only(true));
  ancillary::set_option(v6_alone, option);
  CHECK(value_of(v6_alone, IPPROTO_IPV6, names.ipv6) == values.ipv6);

  udp::socket v4(io, udp::v4());
  ancillary::set_option(v4, option);
  CHECK(value_of(v4, IPPROTO_IP, names.ipv4) == values.ipv4);
}

} // namespace

TEST_CASE("set_option sets each option of sending for IPv4 and IPv6 peers", "[options]") {
  const int lo = static_cast<int>(ancillary::interface_index("lo").value_or(0));
  REQUIRE(lo != 0);
  check_both(options::hop_limit(7), {IP_TTL, IPV6_UNICAST_HOPS}, {7, 7});
  check_both(options::type_of_service(0xb8), {IP_TOS, IPV6_TCLASS}, {0xb8, 0xb8});
  check_both(options::path_mtu_discovery(options::path_mtu_state::probe),
             {IP_MTU_DISCOVER, IPV6_MTU_DISCOVER}, {IP_PMTUDISC_PROBE, IPV6_PMTUDISC_PROBE});
  check_both(options::dont_fragment(true), {IP_MTU_DISCOVER, IPV6_DONTFRAG}, {IP_PMTUDISC_DO, 1});
  check_both(options::multicast_hops(9), {IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS}, {9, 9});
  check_both(options::multicast_loop(false), {IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP}, {0, 0});
  check_both(options::unicast_interface("lo"), {IP_UNICAST_IF, IPV6_UNICAST_IF},
             {static_cast<int>(htonl(static_cast<unsigned>(lo))),
              static_cast<int>(htonl(static_cast<unsigned>(lo)))});
}

TEST_CASE("set_option sets the IPv6 level alone of an option that IPv4 does not have",
          "[options]") {
  asio::io_context io;
  udp::socket socket = dual_stack(io);
  ancillary::set_option(socket, options::user_mtu(1400));
  // IPV6_MTU cannot be read back of a socket without a peer.
  std::error_code error;
  ancillary::set_option(socket, options::user_mtu(1400), error);
  CHECK_FALSE(error);
}
