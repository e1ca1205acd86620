// The classes as Asio uses them: directions, ranges, errors.
#include "hex.hpp"
#include "support/catch.hpp"
#include <ancillary/recvmsg/multicast.hpp>
#include <ancillary/recvmsg/outgoing.hpp>

#include <algorithm>
#include <asio/io_context.hpp>
#include <asio/ip/icmp.hpp>
#include <asio/ip/multicast.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <cstring>
#include <limits>
#include <optional>
#include <stdexcept>
#include <type_traits>

namespace {

namespace options = ancillary::options;
using ancillary::get_option;
using ancillary::gettable_option;
using ancillary::ip_family;
using ancillary::option_id;
using ancillary::option_use;
using ancillary::set_option;
using ancillary::settable_option;
using asio::ip::make_address;
using asio::ip::make_address_v4;
using asio::ip::udp;
using Catch::Matchers::ContainsSubstring;
using option_tests::from_hex;
using option_tests::hex;

template <class Option>
constexpr bool gets = gettable_option<Option, udp>;
template <class Option>
constexpr bool sets = settable_option<Option, udp>;
template <class Option>
constexpr bool has_get_option = requires(udp::socket& socket, Option& option) {
  get_option(socket, option);
};
template <class Option>
constexpr bool has_set_option = requires(udp::socket& socket, const Option& option) {
  set_option(socket, option);
};

// The list's directions; the functions follow them.
template <class Option, bool Gets, bool Sets>
constexpr bool goes = gets<Option> == Gets&& sets<Option> == Sets&& has_get_option<Option> ==
                      Gets&& has_set_option<Option> == Sets;

static_assert(goes<options::join_group, false, true>);
static_assert(goes<options::join_source_group, false, true>);
static_assert(goes<options::block_source, false, true>);
static_assert(goes<options::dont_fragment, true, true>);
static_assert(goes<options::leave_group, false, true>);
static_assert(goes<options::leave_source_group, false, true>);
static_assert(goes<options::header_included, true, true>);
static_assert(goes<options::path_mtu, true, false>);
static_assert(goes<options::path_mtu_discovery, true, true>);
static_assert(goes<options::multicast_interface, true, true>);
static_assert(goes<options::multicast_loop, true, true>);
static_assert(goes<options::multicast_hops, true, true>);
static_assert(goes<options::ip_options, true, true>);
static_assert(goes<options::original_arrival_interface, true, true>);
static_assert(goes<options::receive_packet_info, true, true>);
static_assert(goes<options::receive_broadcast, true, true>);
static_assert(goes<options::receive_interface, true, true>);
static_assert(goes<options::receive_traffic_class, true, true>);
static_assert(goes<options::receive_hop_limit, true, true>);
static_assert(goes<options::type_of_service, true, true>);
static_assert(goes<options::hop_limit, true, true>);
static_assert(goes<options::unblock_source, false, true>);
static_assert(goes<options::unicast_interface, true, true>);
static_assert(goes<options::user_mtu, true, true>);
static_assert(goes<options::redirect_context, true, true>);
static_assert(goes<options::redirect_records, true, true>);

// A flag is not a number, and vice versa.
static_assert(!std::is_convertible_v<bool, options::receive_hop_limit>);
static_assert(!std::is_convertible_v<int, options::hop_limit>);
static_assert(!std::is_constructible_v<options::interface_selector, bool>);

// The list's names in order, whose directions are compared with the concepts.
template <class... Options>
void check_directions(std::tuple<Options...>*) {
  const auto check = [](const ancillary::option_support& known, bool get, bool set) {
    INFO(known.name);
    CHECK(known.gets == get);
    CHECK(known.sets == set);
  };
  (check(ancillary::support_of(Options::id), gets<Options>, sets<Options>), ...);
}

} // namespace

TEST_CASE("option classes support get and set as option_support says") {
  check_directions(static_cast<options::all_options*>(nullptr));
}

TEST_CASE("option classes reject values out of range on construction") {
  CHECK_THROWS_WITH(options::hop_limit(0), "IP_TTL: 0 is outside 1 to 255");
  CHECK_THROWS_WITH(options::hop_limit(256), "IP_TTL: 256 is outside 1 to 255");
  CHECK_THROWS_AS(options::hop_limit(-1), std::out_of_range);
  CHECK_THROWS_WITH(options::type_of_service(256), "IP_TOS: 256 is outside 0 to 255");
  CHECK_THROWS_AS(options::type_of_service(-1), std::out_of_range);
  CHECK_THROWS_WITH(options::multicast_hops(256), "IP_MULTICAST_TTL: 256 is outside 0 to 255");
  CHECK_THROWS_AS(options::multicast_hops(-1), std::out_of_range);
  CHECK_THROWS_AS(options::user_mtu(67), std::out_of_range);
  CHECK_THROWS_AS(options::user_mtu(std::numeric_limits<std::uint32_t>::max()), std::out_of_range);
  CHECK_THROWS_AS(options::path_mtu_discovery(static_cast<options::path_mtu_state>(6)),
                  std::out_of_range);
  CHECK_THROWS_AS(options::ip_options(std::vector<std::byte>(41)), std::out_of_range);

  CHECK(options::hop_limit(1).value() == 1);
  CHECK(options::hop_limit(255).value() == 255);
  CHECK(options::type_of_service(0).value() == 0);
  CHECK(options::type_of_service(255).value() == 255);
  CHECK(options::multicast_hops(0).value() == 0);
  CHECK(options::user_mtu(68).value() == 68U);
  CHECK(options::ip_options(std::vector<std::byte>(40)).value().size() == 40);
}

TEST_CASE("assigning a value out of range leaves the option unchanged") {
  options::hop_limit option(7);
  CHECK_THROWS_AS(option = 300, std::out_of_range);
  CHECK(option.value() == 7);
  option = 9;
  CHECK(option.value() == 9);
}

TEST_CASE("membership options reject invalid groups and sources on construction") {
  const auto group = make_address("239.1.2.3");
  CHECK_THROWS_WITH(options::join_group(make_address("10.0.0.1")),
                    "IP_ADD_MEMBERSHIP: 10.0.0.1 is not a multicast address");
  CHECK_THROWS_AS(options::leave_group(make_address("2001:db8::1")), std::out_of_range);
  CHECK_THROWS_WITH(options::join_source_group(group, make_address("2001:db8::1")),
                    "IP_ADD_SOURCE_MEMBERSHIP: 2001:db8::1 is not in the group's address family");
  CHECK_THROWS_WITH(options::block_source(group, make_address("239.9.9.9")),
                    "IP_BLOCK_SOURCE: 239.9.9.9 is not a unicast address");
  CHECK_THROWS_AS(options::unblock_source(group, make_address("0.0.0.0")), std::out_of_range);
  CHECK_THROWS_AS(options::leave_source_group(make_address("10.0.0.1"), make_address("10.0.0.2")),
                  std::out_of_range);
}

TEST_CASE("option classes work with any Asio socket") {
  static_assert(settable_option<options::header_included, asio::ip::icmp>);
  asio::io_context io;
  asio::ip::tcp::socket socket(io, asio::ip::tcp::v4());
  socket.set_option(options::hop_limit(42));
  options::hop_limit read;
  socket.get_option(read);
  CHECK(read.value() == 42);
}

TEST_CASE("set_option and get_option accept Asio's own options") {
  asio::io_context io;
  udp::socket socket(io, udp::v4());
  set_option(socket, udp::socket::reuse_address(true));
  udp::socket::reuse_address reuse;
  get_option(socket, reuse);
  CHECK(reuse.value());
  std::error_code ec;
  set_option(socket, asio::ip::multicast::enable_loopback(false), ec);
  CHECK_FALSE(ec);

  socket.close();
  CHECK_THROWS_WITH(set_option(socket, udp::socket::reuse_address(true)),
                    ContainsSubstring("socket option ") && ContainsSubstring(" of level "));
  CHECK_THROWS_WITH(get_option(socket, reuse), ContainsSubstring("socket option "));
}

TEST_CASE("using-directives for asio and ancillary leave no name ambiguous") {
  using namespace asio;
  using namespace ancillary;
  using namespace ancillary::options;
  static_assert(std::is_same_v<ip::udp, asio::ip::udp>);
  static_assert(std::is_same_v<decltype(outgoing::traffic_class), std::optional<traffic_class>>);
  CHECK(type_of_service(184).value() == 184);
  CHECK(hop_limit(3).value() == 3);
  CHECK(family_of(ip_address::v4({127, 0, 0, 1})) == ip_family::v4);
}

TEST_CASE("interface_list_add passes an index in host byte order") {
  using ancillary::layout_id;
  for (const auto family : {ip_family::v4, ip_family::v6}) {
    const auto bytes = [&](const options::interface_selector& value) {
      return options::encode_interface(layout_id::windows_x64, option_id::add_iflist, family,
                                       value);
    };
    CHECK(hex(bytes(0x01020304).view()) == "04030201");
    CHECK(bytes({}).refusal == options::encode_refusal::index_needed);
    CHECK(bytes(make_address_v4("10.0.0.1")).refusal == options::encode_refusal::index_needed);
    CHECK(bytes("no such interface").refusal == options::encode_refusal::no_such_interface);
  }
  options::interface_list_entries entries;
  const std::uint32_t answer[] = {7, 0x01020304};
  REQUIRE(entries.size(udp::v4()) >= sizeof answer);
  std::memcpy(entries.data(udp::v4()), answer, sizeof answer);
  entries.resize(udp::v4(), sizeof answer);
  CHECK(std::ranges::equal(entries.value(), answer));
  CHECK_THROWS_AS(entries.resize(udp::v4(), 7), std::length_error);
}

TEST_CASE("redirect options read up to the caller's capacity") {
  options::redirect_records records;
  const auto offered = records.size(udp::v4());
  auto larger = options::redirect_records::with_capacity(8 * offered);
  CHECK(larger.value().empty());
  CHECK(larger.size(udp::v4()) == 8 * offered);
  CHECK(larger.data(udp::v4()) != nullptr);
  larger.resize(udp::v4(), 8 * offered);
  CHECK(larger.value().size() == 8 * offered); // no header: all of it is data
  CHECK(larger.size(udp::v4()) == 8 * offered);
}
