// Options and values that a socket cannot take, refused by the library or by the system.
#include "support/catch.hpp"
#include <ancillary/recvmsg/multicast.hpp>
#include <ancillary/recvmsg/outgoing.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <stdexcept>

namespace {

namespace options = ancillary::options;
using ancillary::get_option;
using ancillary::ip_family;
using ancillary::option_use;
using ancillary::set_option;
using asio::ip::make_address;
using asio::ip::make_address_v4;
using asio::ip::udp;
using Catch::Matchers::ContainsSubstring;

constexpr auto native = ancillary::layouts::native::id;

// Rejects everything itself, so that a call that reaches it is visible.
struct socket_that_must_not_be_called {
  using protocol_type = udp;
  udp protocol;

  template <class Option>
  void set_option(const Option& option, std::error_code& ec) {
    (void)option.level(protocol);
    (void)option.name(protocol);
    called = true;
    ec.clear();
  }
  template <class Option>
  void get_option(Option& option, std::error_code& ec) const {
    (void)option.level(protocol);
    (void)option.name(protocol);
    called = true;
    ec.clear();
  }
  mutable bool called = false;
};

bool on_windows() { return ancillary::is_windows(native); }

} // namespace

TEST_CASE("options missing on this system are refused without a system call") {
  for (const auto protocol : {udp::v4(), udp::v6()}) {
    socket_that_must_not_be_called socket{protocol};
    const auto family = protocol == udp::v4() ? ip_family::v4 : ip_family::v6;
    const auto check = [&]<class Option>(Option option) {
      INFO(ancillary::support_of(Option::id).name);
      const bool absent = !options::find_option_number(native, Option::id, family, option_use::set);
      std::error_code ec;
      socket.called = false;
      set_option(socket, option, ec);
      CHECK(socket.called == !absent);
      CHECK((ec == asio::error::operation_not_supported) == absent);
      if (absent) {
        CHECK_THROWS_WITH(set_option(socket, option),
                          ContainsSubstring(ancillary::unsupported_message(
                              ancillary::support_of(Option::id), family, option_use::set)));
      }
      const bool unreadable =
          !options::find_option_number(native, Option::id, family, option_use::get);
      socket.called = false;
      ec.clear();
      get_option(socket, option, ec);
      CHECK(socket.called == !unreadable);
      CHECK((ec == asio::error::operation_not_supported) == unreadable);
    };
    check(options::original_arrival_interface(true));
    check(options::receive_broadcast(true));
    check(options::receive_interface(true));
    check(options::user_mtu(1400));
    check(options::redirect_context());
    check(options::redirect_records());
    check(options::ip_options());
    check(options::receive_packet_info(true));
  }
}

TEST_CASE("Asio's set_option throws operation_not_supported for options missing on this system") {
  asio::io_context io;
  udp::socket socket(io, udp::v6());
  try {
    socket.set_option(options::ip_options()); // IPv6 has no such option anywhere
    FAIL("no exception");
  } catch (const std::system_error& error) {
    CHECK(error.code() == asio::error::operation_not_supported);
    CHECK_THAT(error.what(), ContainsSubstring("has no such option on an IPv6 socket"));
  }
}

TEST_CASE("an unknown interface is refused without a system call") {
  socket_that_must_not_be_called socket{udp::v4()};
  std::error_code ec;
  ancillary::join_group(socket, make_address("239.1.2.3"), "no such interface", ec);
  CHECK(ec == std::errc::no_such_device);
  set_option(socket, options::multicast_interface("no such interface"), ec);
  CHECK(ec == std::errc::no_such_device);
  CHECK_THROWS_WITH(set_option(socket, options::unicast_interface("no such interface")),
                    ContainsSubstring("IP_UNICAST_IF: no such interface"));
  CHECK_FALSE(socket.called);
}

TEST_CASE("values that this socket cannot express are refused without a system call") {
  socket_that_must_not_be_called v6{udp::v6()};
  socket_that_must_not_be_called v4{udp::v4()};
  const options::interface_selector address(make_address_v4("10.0.0.1"));
  std::error_code ec;
  set_option(v6, options::multicast_interface(address), ec);
  CHECK(ec == asio::error::invalid_argument);
  CHECK_THROWS_AS(set_option(v6, options::multicast_interface(address)), std::out_of_range);
  CHECK_THROWS_WITH(set_option(v4, options::unicast_interface(address)),
                    "IP_UNICAST_IF: requires an interface index, not an IPv4 address");
  CHECK_THROWS_AS(set_option(v6, options::join_group(make_address("ff15::1"), address)),
                  std::out_of_range);
  ancillary::join_group(v4, make_address("ff15::1"), 1, ec);
  CHECK(ec == asio::error::address_family_not_supported);
  ancillary::join_group(v4, make_address("10.0.0.1"), {}, ec);
  CHECK(ec == asio::error::invalid_argument);
  CHECK_FALSE(v4.called);
  CHECK_FALSE(v6.called);
}

TEST_CASE("an IPv4 interface index above 24 bits is refused on Windows") {
  socket_that_must_not_be_called socket{udp::v4()};
  std::error_code ec;
  set_option(socket, options::multicast_interface(0x01000000), ec);
  CHECK(socket.called != on_windows());
  CHECK((ec == asio::error::invalid_argument) == on_windows());
}

TEST_CASE("an option refused on a real socket names its requirement") {
  asio::io_context io;
  udp::socket v4(io, udp::v4());
  CHECK_THROWS_WITH(set_option(v4, options::header_included(true)),
                    ContainsSubstring("IP_HDRINCL") && ContainsSubstring("requires a raw socket"));
  CHECK_THROWS_WITH(set_option(v4, options::header_included(true)), !ContainsSubstring("XP"));
}
