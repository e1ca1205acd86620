// What Wine refuses although Windows supports it (Wine 8 and 10: the same), with its errors.
// Options that a later Wine may have are asked for first. Does not run on real Windows.
#include "recvmsg/options/hex.hpp"
#include "recvmsg/options/inbox.hpp"
#include "support/catch.hpp"
#include <ancillary/recvmsg/multicast.hpp>

#include <asio/ip/icmp.hpp>

namespace {

namespace options = ancillary::options;
using ancillary::field;
using asio::ip::make_address;
using asio::ip::udp;
using option_tests::bound_socket;
using option_tests::from_hex;
using option_tests::inbox;
using option_tests::send;

bool under_wine() {
  const auto module = ::GetModuleHandleA("ntdll.dll");
  return module != nullptr && ::GetProcAddress(module, "wine_get_version") != nullptr;
}

// WSAENOPROTOOPT, WSAEINVAL
const std::error_code no_such_option = asio::error::no_protocol_option;
const std::error_code invalid = asio::error::invalid_argument;

template <class Option>
std::error_code setting(udp::socket& socket, const Option& option) {
  std::error_code ec;
  ancillary::set_option(socket, option, ec);
  return ec;
}

template <class Option>
std::error_code getting(udp::socket& socket) {
  Option option;
  std::error_code ec;
  ancillary::get_option(socket, option, ec);
  return ec;
}

// Asks the system: one without the option refuses to set and to read it, with the same error; one
// with it returns the value that was set.
template <class Option>
void check_refused_or_kept(udp::socket& socket, const Option& option) {
  INFO(ancillary::support_of(Option::id).name);
  const auto refusal = setting(socket, option);
  Option read;
  std::error_code ec;
  ancillary::get_option(socket, read, ec);
  if (refusal) {
    CHECK(refusal == no_such_option);
    CHECK(ec == no_such_option);
  } else {
    CHECK_FALSE(ec);
    CHECK(read.value() == option.value());
  }
}

// The same for an option whose value does not read back.
template <class Option>
void check_refused_alike(udp::socket& socket) {
  INFO(ancillary::support_of(Option::id).name);
  const auto refusal = setting(socket, Option());
  CHECK(getting<Option>(socket) == refusal);
  CHECK((!refusal || refusal == no_such_option));
}

} // namespace

#define ONLY_UNDER_WINE                                                                            \
  if (!under_wine()) {                                                                             \
    SKIP_BECAUSE("tests Wine's behaviour, and this is Windows");                                   \
  }

TEST_CASE("Wine: options that it may lack are refused or kept, IPv4 and IPv6") {
  ONLY_UNDER_WINE
  asio::io_context io;
  udp::socket v4(io, udp::v4());
  udp::socket v6(io, udp::v6());
  for (udp::socket* const socket : {&v4, &v6}) {
    check_refused_or_kept(*socket, options::receive_interface(true));
    check_refused_or_kept(*socket, options::original_arrival_interface(true));
    check_refused_or_kept(*socket, options::path_mtu_discovery(options::path_mtu_state::always));
    check_refused_or_kept(*socket, options::user_mtu(1400));
    check_refused_alike<options::redirect_context>(*socket);
    check_refused_alike<options::redirect_records>(*socket);
  }
  check_refused_or_kept(v4, options::receive_broadcast(true));
  check_refused_or_kept(v6, options::type_of_service(1));
}

TEST_CASE("Wine: path_mtu of a connected socket is refused, or at least 576") {
  ONLY_UNDER_WINE
  asio::io_context io;
  udp::socket v4(io, udp::v4());
  udp::socket v6(io, udp::v6());
  v4.connect({asio::ip::address_v4::loopback(), 9});
  v6.connect({asio::ip::address_v6::loopback(), 9});
  for (udp::socket* const socket : {&v4, &v6}) {
    options::path_mtu mtu;
    std::error_code refusal;
    ancillary::get_option(*socket, mtu, refusal);
    CHECK((refusal ? refusal == no_such_option : mtu.value() >= 576));
  }
}

TEST_CASE("Wine: a system's refusal names the Windows version with the option") {
  ONLY_UNDER_WINE
  asio::io_context io;
  udp::socket socket(io, udp::v4());
  if (!setting(socket, options::receive_interface(true))) {
    SKIP_BECAUSE("this Wine has IP_RECVIF");
  }
  CHECK_THROWS_WITH(
      ancillary::set_option(socket, options::receive_interface(true)),
      Catch::Matchers::ContainsSubstring(
          "IP_RECVIF: not supported here; requires Windows 10 version 1703 or later"));
}

TEST_CASE("Wine: an IPv4 interface index in address form is refused, or has its effect") {
  ONLY_UNDER_WINE
  asio::io_context io;
  udp::socket socket(io, udp::v4());
  const auto group = make_address("239.77.3.1");
  const auto join = setting(socket, options::join_group(group, 1));
  CHECK((join ? join == invalid : !setting(socket, options::leave_group(group, 1))));
  const auto refusal = setting(socket, options::multicast_interface(1));
  options::multicast_interface read;
  std::error_code ec;
  ancillary::get_option(socket, read, ec);
  CHECK((refusal ? refusal == invalid : !ec));
}

TEST_CASE(
    "Wine: source memberships, which it read in Linux field order, are refused or left again") {
  ONLY_UNDER_WINE
  asio::io_context io;
  udp::socket socket(io, udp::v4());
  const auto group = make_address("232.77.3.2");
  const auto source = make_address("192.0.2.77");
  const options::interface_selector on(asio::ip::address_v4::loopback());
  const auto join = setting(socket, options::join_source_group(group, source, on));
  CHECK((!join || join == invalid));
  const auto leave = setting(socket, options::leave_source_group(group, source, on));
  CHECK((join ? leave == invalid : !leave));
  // Without a membership of the group they are refused in any case.
  CHECK(setting(socket, options::block_source(group, source, on)) == invalid);
  CHECK(setting(socket, options::unblock_source(group, source, on)) == invalid);
}

TEST_CASE("Wine: IPv6 source memberships and the IPv6 unicast interface are refused, or work") {
  ONLY_UNDER_WINE
  asio::io_context io;
  udp::socket socket(io, udp::v6());
  const auto group = make_address("ff35::77");
  const auto source = make_address("2001:db8::1");
  const auto join = setting(socket, options::join_source_group(group, source, 1));
  const auto leave = setting(socket, options::leave_source_group(group, source, 1));
  CHECK(leave == join);
  if (join) {
    CHECK(join == no_such_option);
    CHECK(setting(socket, options::block_source(group, source, 1)) == no_such_option);
    CHECK(setting(socket, options::unblock_source(group, source, 1)) == no_such_option);
  }
  // Wine 8 and 10 pass Windows' host byte order on to Linux, which expects network byte order.
  const auto unicast = setting(socket, options::unicast_interface(1));
  CHECK((!unicast || unicast == invalid));
}

TEST_CASE("Wine: traffic_class arrives") {
  ONLY_UNDER_WINE // Windows may send another value
      asio::io_context io;
  inbox in(io, bound_socket(io, udp::v4()), {field::traffic_class});
  udp::socket out(io, udp::v4());
  ancillary::set_option(out, options::type_of_service(0xb9));
  send(out, "marked", asio::ip::address_v4::loopback(), in.port());
  const auto* const datagram = in.wait_for("marked");
  REQUIRE(datagram != nullptr);
  REQUIRE(datagram->metadata.traffic_class);
  CHECK(datagram->metadata.traffic_class->value == 0xb9);
}

TEST_CASE("Wine: header_included, a raw socket writes its own IP header") {
  ONLY_UNDER_WINE // Windows restricts UDP over raw sockets
      asio::io_context io;
  asio::ip::icmp::socket raw(io);
  std::error_code ec;
  raw.open(asio::ip::icmp::v4(), ec);
  if (ec) {
    SKIP_BECAUSE("no raw socket: " + ec.message());
  }
  inbox in(io, bound_socket(io, udp::v4()), {field::hop_limit});
  ancillary::set_option(raw, options::header_included(true));
  // IPv4 of 31 bytes, TTL 77, UDP, 127.0.0.1 to itself; port 9 to ours; "raw".
  auto packet =
      from_hex("45 00 001f 0001 0000 4d 11 0000 7f000001 7f000001 0009 0000 000b 0000 726177");
  packet[22] = static_cast<std::byte>(in.port() >> 8);
  packet[23] = static_cast<std::byte>(in.port());
  raw.send_to(asio::buffer(packet), {asio::ip::address_v4::loopback(), 0});
  const auto* const datagram = in.wait_for("raw");
  REQUIRE(datagram != nullptr);
  CHECK(datagram->metadata.hop_limit == 77);
}
