// The bytes passed to WSASendMsg: Wine ignores control data on sending and succeeds, so that
// arrival proves nothing. The expected bytes are laid out with the system's macros. A stand-in
// behind the function pointer simulates refusals.

#include "platform/windows/header_support.hpp"
#include "platform/windows/system_calls.hpp"
#include "recvmsg/options/hex.hpp"
#include "support/catch.hpp"
#include "support/patience.hpp"
#include <ancillary/recvmsg.hpp>

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/v6_only.hpp>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

using namespace ancillary;
using asio::ip::make_address;
using asio::ip::udp;
using option_tests::hex;

namespace {

struct call {
  std::string control; // hex
  ULONG control_bytes; // Control.len
  bool has_control;    // Control.buf
  udp::endpoint name;
  std::string payload;
  DWORD flags; // of the message, and of the call
};

std::vector<call> calls;
std::deque<int> refusals; // for the next calls; none: success

int WSAAPI note(SOCKET, LPWSAMSG message, DWORD flags, LPDWORD sent, LPWSAOVERLAPPED,
                LPWSAOVERLAPPED_COMPLETION_ROUTINE) {
  call now{};
  const auto* const bytes = reinterpret_cast<const std::byte*>(message->Control.buf);
  now.control = bytes == nullptr ? "" : hex({bytes, message->Control.len});
  now.control_bytes = message->Control.len;
  now.has_control = bytes != nullptr;
  now.flags = flags | message->dwFlags;
  std::memcpy(now.name.data(), message->name, static_cast<std::size_t>(message->namelen));
  for (DWORD i = 0; i < message->dwBufferCount; ++i) {
    now.payload.append(message->lpBuffers[i].buf, message->lpBuffers[i].len);
  }
  calls.push_back(now);
  if (!refusals.empty()) {
    const int error = refusals.front();
    refusals.pop_front();
    if (error != 0) {
      ::WSASetLastError(error);
      return SOCKET_ERROR;
    }
  }
  *sent = static_cast<DWORD>(now.payload.size());
  return 0;
}

// Wine has no UDP_SEND_MSG_SIZE (ws2ipdef.h).
int WSAAPI as_if_it_could_segment(SOCKET socket, int level, int name, char* value, int* size) {
  return level == IPPROTO_UDP && name == 2 ? 0 : ::getsockopt(socket, level, name, value, size);
}

// A Windows that accepts IPV6_TCLASS, unlike Wine 8: there the whole traffic class is sent.
int WSAAPI as_if_it_took_a_class(SOCKET socket, int level, int name, const char* value, int size) {
  return level == IPPROTO_IPV6 && name == 39 ? 0 : ::setsockopt(socket, level, name, value, size);
}

// One interface, number 7, with 192.0.2.7.
ULONG WINAPI one_adapter(ULONG, ULONG, PVOID, PIP_ADAPTER_ADDRESSES list, PULONG) {
  static sockaddr_in address{};
  static IP_ADAPTER_UNICAST_ADDRESS own{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(0xc0000207);
  own.Address = {reinterpret_cast<sockaddr*>(&address), sizeof address};
  *list = {};
  list->IfIndex = 7;
  list->FirstUnicastAddress = &own;
  return NO_ERROR;
}

struct noted_calls {
  noted_calls() {
    calls.clear();
    refusals.clear();
    detail::system.sendmsg = &note;
    detail::system.getsockopt = &as_if_it_could_segment;
    detail::system.setsockopt = &as_if_it_took_a_class;
    detail::system.adapters = &one_adapter;
    detail::forget_octet_answer();
  }
  ~noted_calls() {
    detail::system = {};
    detail::forget_octet_answer();
  }
};

// A message as the system's macros lay it out, with zero padding.
std::string message(int level, int type, const std::vector<std::uint8_t>& data) {
  std::vector<std::byte> bytes(WSA_CMSG_SPACE(data.size()));
  auto* const header = reinterpret_cast<WSACMSGHDR*>(bytes.data());
  header->cmsg_len = WSA_CMSG_LEN(data.size());
  header->cmsg_level = level;
  header->cmsg_type = type;
  std::memcpy(WSA_CMSG_DATA(header), data.data(), data.size());
  return hex(bytes);
}
std::string number(int level, int type, std::uint8_t value) {
  return message(level, type, {value, 0, 0, 0});
}
std::string pktinfo_v4(std::array<std::uint8_t, 4> address, std::uint8_t interface_index) {
  return message(0, 19, {address[0], address[1], address[2], address[3], interface_index, 0, 0, 0});
}
std::string pktinfo_v6(std::uint8_t last, std::uint8_t interface_index) {
  return message(41, 19,
                 {0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last, interface_index, 0, 0, 0});
}

ip_address fd00(std::uint8_t last) {
  ip_address::v6_octets octets{0xfd};
  octets[15] = last;
  return ip_address::v6(octets);
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// Sends one datagram on a socket of this family; returns the error.
struct fixture {
  explicit fixture(const udp& family) : socket(open(io, family)), out(socket.native_handle()) {}

  static udp::socket open(asio::io_context& io, const udp& family) {
    udp::socket socket(io, family);
    if (family == udp::v6()) {
      socket.set_option(asio::ip::v6_only(false));
    }
    return socket;
  }
  std::error_code send(const outgoing& datagram) {
    std::error_code error;
    const std::size_t sent = out.send(std::array{datagram}, error);
    CHECK(sent == (error ? 0U : 1U));
    return error;
  }

  noted_calls noted;
  asio::io_context io;
  udp::socket socket;
  sender out;
};

const outgoing plain_v4{.payload = bytes_of("hello"), .remote = {make_address("192.0.2.1"), 4321}};
const outgoing plain_v6{.payload = bytes_of("hello"),
                        .remote = {make_address("2001:db8::1"), 4321}};
const ip_address v4_source = ip_address::v4({127, 0, 0, 5});

outgoing from_5_by_7(outgoing datagram) {
  datagram.source = v4_source;
  datagram.interface_index = 7;
  return datagram;
}

} // namespace

TEST_CASE("bytes for WSASendMsg (Wine ignores them): no options, no control data") {
  fixture test(udp::v4());
  CHECK_FALSE(test.send(plain_v4));
  REQUIRE(calls.size() == 1);
  CHECK_FALSE(calls[0].has_control);
  CHECK(calls[0].control_bytes == 0);
  CHECK(calls[0].name == plain_v4.remote);
  CHECK(calls[0].payload == "hello");
  CHECK(calls[0].flags == 0);
}

TEST_CASE("bytes for WSASendMsg (Wine ignores them): IPv4") {
  fixture test(udp::v4());
  outgoing datagram = from_5_by_7(plain_v4);
  CHECK_FALSE(test.send(datagram));
  datagram.hop_limit = 255;
  datagram.traffic_class = traffic_class{0xb8};
  CHECK_FALSE(test.send(datagram));
  datagram.ecn = ecn_codepoint::ect0; // overrides the ECN of the class
  CHECK_FALSE(test.send(datagram));
  datagram = plain_v4;
  datagram.ecn = ecn_codepoint::ect1;
  CHECK_FALSE(test.send(datagram));
  REQUIRE(calls.size() == 4);
  const std::string from = pktinfo_v4({127, 0, 0, 5}, 7);
  CHECK(calls[0].control == from);
  CHECK(calls[0].control_bytes == WSA_CMSG_SPACE(8));
  CHECK(calls[1].control == from + number(0, 4, 255) + number(0, 3, 0xb8));
  CHECK(calls[1].control_bytes == WSA_CMSG_SPACE(8) + 2 * WSA_CMSG_SPACE(4));
  CHECK(calls[2].control == from + number(0, 4, 255) + number(0, 3, 0xb8 | 2));
  CHECK(calls[3].control == number(0, 50, 1));
}

TEST_CASE("bytes for WSASendMsg (Wine ignores them): IPv6") {
  fixture test(udp::v6());
  outgoing datagram = plain_v6;
  datagram.source = fd00(9);
  datagram.interface_index = 7;
  datagram.hop_limit = 64;
  datagram.traffic_class = traffic_class{0x29};
  CHECK_FALSE(test.send(datagram));
  datagram = plain_v6;
  datagram.ecn = ecn_codepoint::ect0;
  CHECK_FALSE(test.send(datagram));
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].control == pktinfo_v6(9, 7) + number(41, 21, 64) + number(41, 39, 0x29));
  CHECK(calls[0].control_bytes == WSA_CMSG_SPACE(20) + 2 * WSA_CMSG_SPACE(4));
  CHECK(calls[0].name == plain_v6.remote);
  CHECK(calls[1].control == number(41, 50, 2));
}

TEST_CASE("bytes for WSASendMsg (Wine ignores them): an IPv4 peer of a dual-stack socket") {
  fixture test(udp::v6());
  outgoing datagram = from_5_by_7(plain_v4);
  datagram.hop_limit = 9;
  datagram.traffic_class = traffic_class{0x2e};
  CHECK_FALSE(test.send(datagram));
  datagram.remote.address(make_address("::ffff:192.0.2.1"));
  CHECK_FALSE(test.send(datagram));
  REQUIRE(calls.size() == 2);
  for (const call& each : calls) {
    CHECK(each.control == pktinfo_v4({127, 0, 0, 5}, 7) + number(0, 4, 9) + number(0, 3, 0x2e));
    CHECK(each.name == datagram.remote);
  }
}

TEST_CASE("bytes for WSASendMsg (Wine ignores them): a segmented payload, and a run") {
  fixture test(udp::v4());
  outgoing datagram = from_5_by_7(plain_v4);
  datagram.segment_bytes = 2;
  CHECK_FALSE(test.send(datagram));
  sender runs(test.socket.native_handle(), {.segment_runs = true});
  std::error_code error;
  outgoing last = plain_v4;
  last.payload = bytes_of("end");
  CHECK(runs.send(std::array{plain_v4, plain_v4, last}, error) == 3);
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].control == pktinfo_v4({127, 0, 0, 5}, 7) + number(17, 2, 2));
  CHECK(calls[0].payload == "hello");
  CHECK(calls[1].control == number(17, 2, 5));
  CHECK(calls[1].payload == "hellohelloend");
  CHECK(test.out.counters().datagrams == 3);
}

TEST_CASE("bytes for WSASendMsg (Wine ignores them): refused segments are sent separately") {
  fixture test(udp::v4());
  outgoing datagram = plain_v4;
  datagram.segment_bytes = 2;
  refusals = {WSAEOPNOTSUPP};
  CHECK_FALSE(test.send(datagram));
  REQUIRE(calls.size() == 4);
  CHECK(calls[1].payload + "|" + calls[2].payload + "|" + calls[3].payload == "he|ll|o");
  CHECK_FALSE(calls[3].has_control);
  CHECK(test.out.counters().segments_refused == 1);
}

TEST_CASE("bytes for WSASendMsg (Wine ignores them): CE is refused without a call") {
  fixture test(udp::v4());
  outgoing datagram = plain_v4;
  datagram.ecn = ecn_codepoint::ce;
  CHECK(test.send(datagram) == send_errc::ecn_refused);
  datagram.ecn.reset();
  datagram.traffic_class = traffic_class{0xb8 | 3};
  CHECK(test.send(datagram) == send_errc::ecn_refused);
  CHECK(calls.empty());
  CHECK(test.out.counters().errors == 2);
}

TEST_CASE(
    "bytes for WSASendMsg (Wine ignores them): an interface without a source uses its address") {
  fixture test(udp::v4());
  outgoing datagram = plain_v4;
  datagram.interface_index = 7;
  CHECK_FALSE(test.send(datagram));
  datagram.interface_index = 8; // which does not exist
  CHECK_FALSE(test.send(datagram));
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].control == pktinfo_v4({192, 0, 2, 7}, 7));
  CHECK_FALSE(calls[1].has_control);
  CHECK(test.out.counters().without_interface == 1);
  CHECK(test.out.counters().without_source == 0);
}

TEST_CASE("a stand-in refuses packet info with WSAEINVAL: retried without the interface, then "
          "without packet info") {
  fixture test(udp::v4());
  outgoing datagram = plain_v4;
  datagram.hop_limit = 3;
  // After this, a hop limit is known to be accepted, so a refusal cannot be about it.
  CHECK_FALSE(test.send(datagram));
  calls.clear();
  datagram = from_5_by_7(datagram);
  const std::string rest = number(0, 4, 3);
  SECTION("the interface") {
    refusals = {WSAEINVAL};
    CHECK_FALSE(test.send(datagram));
    REQUIRE(calls.size() == 2);
    CHECK(calls[1].control == pktinfo_v4({127, 0, 0, 5}, 0) + rest);
    CHECK(test.out.counters().without_interface == 1);
    CHECK(test.out.counters().without_source == 0);
    CHECK(test.out.counters().calls == 3);
  }
  SECTION("the source as well") {
    refusals = {WSAEINVAL, WSAEINVAL};
    CHECK_FALSE(test.send(datagram));
    REQUIRE(calls.size() == 3);
    CHECK(calls[2].control == rest);
    CHECK(test.out.counters().without_interface == 1);
    CHECK(test.out.counters().without_source == 1);
    CHECK(test.out.counters().errors == 0);
  }
  SECTION("and that was not the reason") {
    refusals = {WSAEINVAL, WSAEINVAL, WSAEINVAL};
    CHECK(test.send(datagram) == asio::error::invalid_argument);
    CHECK(calls.size() == 3);
    CHECK(test.out.counters().errors == 1);
    CHECK(test.out.counters().without_source == 0);
  }
  SECTION("an interface alone") {
    datagram.source.reset();
    refusals = {WSAEINVAL};
    CHECK_FALSE(test.send(datagram));
    REQUIRE(calls.size() == 2);
    CHECK(calls[1].control == rest);
    CHECK(test.out.counters().without_interface == 1);
  }
  SECTION("other errors are not tried again") {
    refusals = {WSAEACCES};
    CHECK(test.send(datagram) == std::error_code(WSAEACCES, asio::system_category()));
    CHECK(calls.size() == 1);
  }
  // The next datagram is sent with all fields again.
  refusals.clear();
  calls.clear();
  CHECK_FALSE(test.send(from_5_by_7(plain_v4)));
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].control == pktinfo_v4({127, 0, 0, 5}, 7));
}

TEST_CASE("bytes for WSASendMsg (Wine ignores them): a reply has the request's address, and its "
          "interface on request") {
  const noted_calls noted;
  const bool v6 = GENERATE(false, true);
  const bool by_interface = GENERATE(false, true);
  const auto address = make_address(v6 ? "::1" : "127.0.0.1");
  asio::io_context io;
  std::uint32_t interface_index = 0;
  receiver server(io, {address, 0},
                  [&](const packet& request, receive_control& control) {
                    interface_index = request.metadata().interface_index().value_or(0);
                    reply_options options{.hop_limit = 77, .traffic_class = traffic_class{0x28}};
                    if (by_interface) {
                      options.by_interface = interface_use::always;
                    }
                    request.reply(bytes_of("reply"), options);
                    control.stop();
                  },
                  {.metadata = require({field::destination})});
  server.start();
  udp::socket client(io, {address, 0});
  client.send_to(asio::buffer("?", 1), server.local_endpoint());
  io.run_for(ancillary_test::patience);
  REQUIRE(calls.size() == 1);
  REQUIRE(interface_index != 0);
  const auto index = static_cast<std::uint8_t>(by_interface ? interface_index : 0);
  CHECK(calls[0].payload == "reply");
  CHECK(calls[0].name == client.local_endpoint());
  const std::string source =
      v6 ? message(41, 19, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, index, 0, 0, 0})
         : pktinfo_v4({127, 0, 0, 1}, index);
  CHECK(calls[0].control == source + (v6 ? number(41, 21, 77) + number(41, 39, 0x28)
                                         : number(0, 4, 77) + number(0, 3, 0x28)));
}
