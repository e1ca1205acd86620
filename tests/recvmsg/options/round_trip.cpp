// Each option is set on real sockets and read back. For options that this system lacks or refuses,
// see option_classes.cpp and windows/wine_refusals.cpp.
#include "hex.hpp"
#include "support/catch.hpp"
#include "support/real_windows.hpp"
#include <ancillary/recvmsg/interface.hpp>
#include <ancillary/recvmsg/socket_options.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/icmp.hpp>
#include <asio/ip/udp.hpp>

namespace {

namespace options = ancillary::options;
using asio::ip::udp;

class sockets {
public:
  udp::socket v4() { return udp::socket(io_, udp::v4()); }
  udp::socket v6() { return udp::socket(io_, udp::v6()); }

private:
  asio::io_context io_;
};

// Sets the option, reads it into a new object and returns the value. An error fails the test,
// except one for an unsupported option, which gives nullopt.
template <class Option, class Socket, class Value>
std::optional<typename Option::value_type> set_and_get(Socket& socket, const Value& value) {
  std::error_code ec;
  ancillary::set_option(socket, Option(value), ec);
  if (ec == asio::error::operation_not_supported || ec == asio::error::no_protocol_option) {
    return std::nullopt;
  }
  INFO(ancillary::support_of(Option::id).name << ": " << ec.message());
  CHECK_FALSE(ec);
  Option read;
  ancillary::get_option(socket, read, ec);
  CHECK_FALSE(ec);
  return read.value();
}

template <class Option>
void check_flag(udp::socket socket) {
  for (const bool value : {true, false, true}) {
    const auto read = set_and_get<Option>(socket, value);
    if (read) {
      CHECK(*read == value);
    }
  }
}

template <class Option>
void check_number(udp::socket socket, std::initializer_list<int> values) {
  for (const int value : values) {
    const auto read = set_and_get<Option>(socket, value);
    if (read) {
      CHECK(*read == value);
    }
  }
}

// The first interface that the option accepts, which on Windows need not be the loopback; 0: none.
template <class Option>
std::uint32_t some_interface(udp::socket socket) {
  for (std::uint32_t index = 1; index < 64; ++index) {
    std::error_code ec;
    if (!ancillary::interface_name(index).empty()) {
      ancillary::set_option(socket, Option(options::interface_selector(index)), ec);
      if (!ec) {
        return index;
      }
    }
  }
  return 0;
}

} // namespace

TEST_CASE("flags read back as set, IPv4 and IPv6") {
  sockets make;
  check_flag<options::receive_packet_info>(make.v4());
  check_flag<options::receive_packet_info>(make.v6());
  check_flag<options::receive_hop_limit>(make.v4());
  check_flag<options::receive_hop_limit>(make.v6());
  check_flag<options::receive_traffic_class>(make.v4());
  check_flag<options::receive_traffic_class>(make.v6());
  check_flag<options::receive_interface>(make.v4());
  check_flag<options::receive_interface>(make.v6());
  check_flag<options::original_arrival_interface>(make.v4());
  check_flag<options::original_arrival_interface>(make.v6());
  check_flag<options::receive_broadcast>(make.v4());
  check_flag<options::dont_fragment>(make.v4());
  check_flag<options::dont_fragment>(make.v6());
  check_flag<options::multicast_loop>(make.v4());
  check_flag<options::multicast_loop>(make.v6());
}

TEST_CASE("numbers read back as set, IPv4 and IPv6") {
  sockets make;
  check_number<options::hop_limit>(make.v4(), {1, 64, 255});
  check_number<options::hop_limit>(make.v6(), {1, 64, 255});
  check_number<options::multicast_hops>(make.v4(), {0, 1, 255});
  check_number<options::multicast_hops>(make.v6(), {0, 1, 255});
  if (!ancillary_test::on_real_windows()) { // docs/windows.md, row 6: without effect there
    check_number<options::type_of_service>(make.v4(), {0, 0xb8, 255});
  }
  check_number<options::type_of_service>(make.v6(), {0, 0xb8, 255});
}

TEST_CASE("path MTU discovery reads back as set, IPv4 and IPv6") {
  sockets make;
  const auto check = [](udp::socket socket) {
    for (const auto state : {options::path_mtu_state::always, options::path_mtu_state::never,
                             options::path_mtu_state::probe, options::path_mtu_state::not_set}) {
      if (state == options::path_mtu_state::not_set && ancillary_test::on_real_windows()) {
        continue; // docs/windows.md, row 10
      }
      const auto read = set_and_get<options::path_mtu_discovery>(socket, state);
      if (read) {
        CHECK(*read == state);
      }
    }
  };
  check(make.v4());
  check(make.v6());
}

TEST_CASE("unicast interface reads back as set despite different byte orders") {
  sockets make;
  const auto index = some_interface<options::unicast_interface>(make.v4());
  REQUIRE(index != 0);
  auto socket = make.v4();
  const auto read =
      set_and_get<options::unicast_interface>(socket, options::interface_selector(index));
  REQUIRE(read);
  CHECK(*read == options::interface_selector(index));
  CHECK(set_and_get<options::unicast_interface>(socket, options::interface_selector())
            ->is_unspecified());
}

TEST_CASE("multicast interface reads back as set, IPv6") {
  sockets make;
  const auto index = some_interface<options::multicast_interface>(make.v6());
  REQUIRE(index != 0);
  auto socket = make.v6();
  const auto read =
      set_and_get<options::multicast_interface>(socket, options::interface_selector(index));
  REQUIRE(read);
  CHECK(*read == options::interface_selector(index));
}

TEST_CASE("multicast interface can be set by address, IPv4") {
  sockets make;
  auto socket = make.v4();
  const auto loopback = asio::ip::address_v4::loopback();
  const auto read =
      set_and_get<options::multicast_interface>(socket, options::interface_selector(loopback));
  REQUIRE(read);
  // Windows returns the index, Linux the address.
  CHECK(!read->is_unspecified());
  if (read->is_address()) {
    CHECK(read->address() == loopback);
  }
  CHECK(set_and_get<options::multicast_interface>(socket, options::interface_selector())
            ->is_unspecified());
}

TEST_CASE("IP options read back as set, empty removes them") {
  sockets make;
  auto socket = make.v4();
  const auto router_alert = option_tests::from_hex("94040000"); // RFC 2113
  std::error_code ec;
  ancillary::set_option(socket, options::ip_options(router_alert), ec);
  REQUIRE_FALSE(ec);
  options::ip_options read;
  ancillary::get_option(socket, read);
  CHECK(option_tests::hex(read.value()) == "94040000");
  ancillary::set_option(socket, options::ip_options(), ec);
  if (ec && ancillary_test::on_real_windows()) {
    SKIP_BECAUSE("this Windows does not accept empty IP_OPTIONS: " + ec.message());
  }
  REQUIRE_FALSE(ec);
  ancillary::get_option(socket, read);
  CHECK(read.value().empty());
}

TEST_CASE("header_included reads back as set on a raw socket") {
  asio::io_context io;
  asio::ip::icmp::socket socket(io);
  std::error_code ec;
  socket.open(asio::ip::icmp::v4(), ec);
  if (ec) {
    SKIP_BECAUSE("no raw socket: " + ec.message());
  }
  CHECK(set_and_get<options::header_included>(socket, true) == true);
  CHECK(set_and_get<options::header_included>(socket, false) == false);
}

TEST_CASE("header_included on a UDP socket fails with the option's name") {
  sockets make;
  auto socket = make.v4();
  std::error_code ec;
  ancillary::set_option(socket, options::header_included(true), ec);
  CHECK(ec);
  CHECK_THROWS_WITH(ancillary::set_option(socket, options::header_included(true)),
                    Catch::Matchers::ContainsSubstring("IP_HDRINCL"));
}

TEST_CASE("set_option with an error_code reports a closed socket without throwing") {
  asio::io_context io;
  udp::socket socket(io);
  std::error_code ec;
  ancillary::set_option(socket, options::hop_limit(5), ec);
  CHECK(ec == asio::error::bad_descriptor);
}

TEST_CASE("get_option overwrites a refused value", "[options]") {
  asio::io_context io;
  udp::socket socket(io, udp::v4());
  options::multicast_interface option{options::interface_selector("no such interface")};
  std::error_code error;
  ancillary::set_option(socket, option, error);
  CHECK(error == std::errc::no_such_device);
  CHECK_NOTHROW(socket.get_option(option));
  CHECK(option.value().is_unspecified());
}
