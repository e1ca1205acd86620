// The sockets that the library opens itself, and the list of interfaces.
#include "../machine.hpp"
#include "platform/windows/header_support.hpp"
#include "platform/windows/interface_address.hpp"
#include "platform/windows/system_calls.hpp"
#include <ancillary/recvmsg/sender.hpp>

using namespace ancillary_test;

namespace {

constexpr std::pair<int, int> exclusive{SOL_SOCKET, SO_EXCLUSIVEADDRUSE};
constexpr port_use any_ipv4{.takes_ipv4 = true, .takes_ipv6 = false, .is_exclusive = false};

port_use dual_stack(bool is_exclusive) { return {true, true, is_exclusive}; }

} // namespace

TEST_CASE(
    "stand-in: row 9, a dual-stack socket that the library opens has exclusive use of its port") {
  // Without the option the IPv4 socket receives the IPv4 datagrams, whichever is bound first.
  CHECK(answer_to_bind(dual_stack(false), any_ipv4).gets_no_ipv4 == port_owner::asked);
  CHECK(answer_to_bind(any_ipv4, dual_stack(false)).gets_no_ipv4 == port_owner::there);
  NEEDS_IPV6_FOR("::1")
  machine m(windows_profile::windows_11);
  m.listen("::", {.dual_stack = true});
  const port_use ours = dual_stack(m.socket().options().contains(exclusive));
  CHECK(answer_to_bind(ours, any_ipv4).error == winsock::address_in_use);
  CHECK(answer_to_bind(any_ipv4, ours).error == winsock::address_in_use);
}

TEST_CASE("stand-in: row 9, a socket of one family does not need its port exclusively") {
  machine m(windows_profile::windows_11);
  m.listen("127.0.0.1", {});
  CHECK_FALSE(m.socket().options().contains(exclusive));
}

TEST_CASE("stand-in: the trial socket for the traffic class is closed") {
  machine m(windows_profile::windows_11);
  m.windows.now.has_ipv6 = GENERATE(true, false);
  m.answer = [](const packet& request) {
    request.reply(request.payload(), {.traffic_class = ancillary::traffic_class{0xb8}});
  };
  m.listen("127.0.0.1", {});
  m.send("x");
  REQUIRE(m.run_until([&] { return m.windows.departures.size() == 1; }));
  CHECK(m.windows.open_sockets == 0);
  CHECK(m.receiver().reply_counters().errors == 0);
}

TEST_CASE("stand-in: async_send opens the trial socket once per process") {
  stand_in windows(windows_profile::windows_11);
  asio::io_context io;
  windows.run_on(io);
  asio::ip::udp::socket from(io, any_port("127.0.0.1"));
  asio::ip::udp::socket to(io, any_port("127.0.0.1"));
  const std::byte payload[1]{};
  std::size_t sent = 0;
  for (int i = 0; i < 5; ++i) {
    ancillary::outgoing datagram{.payload = payload, .remote = to.local_endpoint()};
    datagram.traffic_class = ancillary::traffic_class{0xb8};
    ancillary::async_send(from, datagram,
                          [&](const std::error_code& error) { sent += error ? 0U : 1U; });
  }
  io.run_for(patience); // returns when nothing is pending
  CHECK(sent == 5);
  CHECK(windows.departures.size() == 5);
  CHECK(windows.trials == 1);
}

namespace {

// The replies to so many datagrams, each with a traffic class.
const std::vector<departure>& replies_with_class(machine& m, std::size_t count) {
  m.answer = [](const packet& request) {
    request.reply(request.payload(), {.traffic_class = ancillary::traffic_class{0xb8 | 1}});
  };
  m.listen("127.0.0.1", {});
  for (std::size_t i = 1; i <= count; ++i) {
    m.send("x");
    REQUIRE(m.run_until([&] { return m.windows.departures.size() == i; }));
  }
  return m.windows.departures;
}

int WSAAPI set_nothing(SOCKET, int, int, const char*, int) {
  ::WSASetLastError(WSAENOBUFS);
  return SOCKET_ERROR;
}

} // namespace

TEST_CASE(
    "stand-in: the trial socket cannot be opened: the next datagram's traffic class is sent") {
  machine m(windows_profile::windows_11);
  m.windows.now.sockets_without_memory = 2;
  const auto& replies = replies_with_class(m, 4);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    CHECK(replies[i].asked.traffic_class.has_value() == (i >= 2));
    CHECK(replies[i].asked.ecn == ancillary::ecn_codepoint::ect1);
  }
  CHECK(m.windows.trials == 3);
  CHECK(m.receiver().reply_counters().without_traffic_class == 2);
}

TEST_CASE("stand-in: without IPv6, only ECN is sent, and the trial socket is not opened again") {
  machine m(windows_profile::windows_11);
  m.windows.now.has_ipv6 = false;
  for (const departure& each : replies_with_class(m, 3)) {
    CHECK_FALSE(each.asked.traffic_class);
    CHECK(each.asked.ecn == ancillary::ecn_codepoint::ect1);
  }
  CHECK(m.windows.trials == 1);
  CHECK(m.receiver().reply_counters().without_traffic_class == 3);
}

TEST_CASE("stand-in: the trial of the traffic class gets no answer: it is repeated") {
  stand_in windows(windows_profile::windows_11);
  const auto real = std::exchange(ancillary::detail::system.setsockopt, &set_nothing);
  CHECK_FALSE(ancillary::detail::takes_octet());
  CHECK(windows.open_sockets == 0);
  ancillary::detail::system.setsockopt = real;
  CHECK(ancillary::detail::takes_octet() == true);
}

TEST_CASE("stand-in: the list of interfaces grows while it is read") {
  using ancillary::detail::interface_address;
  stand_in windows(windows_profile::windows_11);
  const auto first_with_address = [] {
    for (std::uint32_t index = 1; index < 64; ++index) {
      if (interface_address(index, ancillary::ip_family::v4)) {
        return index;
      }
    }
    return std::uint32_t{0};
  };
  const auto index = first_with_address();
  REQUIRE(index != 0);
  windows.now.interfaces_that_appear = 1;
  CHECK(interface_address(index, ancillary::ip_family::v4));
  CHECK(windows.now.interfaces_that_appear == 0);
}

TEST_CASE("stand-in: every call refuses a closed socket") {
  stand_in windows(windows_profile::windows_11);
  auto& system = ancillary::detail::system;
  const SOCKET socket = system.socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
  REQUIRE(socket != INVALID_SOCKET);
  u_long on = 1;
  CHECK(system.ioctlsocket(socket, static_cast<long>(FIONBIO), &on) == 0);
  CHECK(system.closesocket(socket) == 0);
  const auto refuses = [](int result) {
    return result == SOCKET_ERROR && ::WSAGetLastError() == WSAENOTSOCK;
  };
  DWORD value = 1;
  int bytes = sizeof value;
  auto* const room = reinterpret_cast<char*>(&value);
  CHECK(refuses(system.closesocket(socket)));
  CHECK(refuses(system.ioctlsocket(socket, static_cast<long>(FIONBIO), &on)));
  CHECK(refuses(system.ioctlsocket(socket, static_cast<long>(FIONREAD), &on)));
  CHECK(refuses(system.setsockopt(socket, IPPROTO_IP, IP_PKTINFO, room, sizeof value)));
  CHECK(refuses(system.getsockopt(socket, IPPROTO_IP, IP_PKTINFO, room, &bytes)));
  CHECK(windows.open_sockets == 0);
}
