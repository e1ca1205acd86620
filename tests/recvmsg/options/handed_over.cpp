// The classes pass and read the bytes of the pure functions for this system.
#include "hex.hpp"
#include "support/catch.hpp"
#include <ancillary/recvmsg/socket_options.hpp>

#include <algorithm>
#include <asio/ip/udp.hpp>
#include <stdexcept>
#include <utility>

namespace {

namespace options = ancillary::options;
using ancillary::ip_family;
using ancillary::option_id;
using ancillary::option_use;
using asio::ip::make_address;
using asio::ip::udp;
using option_tests::from_hex;
using option_tests::hex;

constexpr auto native = ancillary::layouts::native::id;

// The arguments of setsockopt.
template <class Option, class Protocol>
std::string call_of(const Option& option, const Protocol& protocol) {
  const auto* const data = static_cast<const std::byte*>(option.data(protocol));
  return std::to_string(option.level(protocol)) + ' ' + std::to_string(option.name(protocol)) +
         ' ' + hex({data, option.size(protocol)});
}

std::string call_of(option_id option, ip_family family, std::span<const std::byte> bytes) {
  const auto number = options::find_option_number(native, option, family, option_use::set).value();
  return std::to_string(number.level) + ' ' + std::to_string(number.name) + ' ' + hex(bytes);
}

} // namespace

TEST_CASE("option classes pass this system's numbers and bytes") {
  for (const auto protocol : {udp::v4(), udp::v6()}) {
    const auto family = protocol == udp::v4() ? ip_family::v4 : ip_family::v6;
    const bool v4 = family == ip_family::v4;
    CHECK(call_of(options::receive_packet_info(true), protocol) ==
          call_of(option_id::pktinfo, family, from_hex("01000000")));
    CHECK(call_of(options::receive_hop_limit(false), protocol) ==
          call_of(option_id::recvttl, family, from_hex("00000000")));
    CHECK(call_of(options::dont_fragment(true), protocol) ==
          call_of(option_id::dontfragment, family,
                  options::encode_flag(native, option_id::dontfragment, family, true).view()));
    CHECK(call_of(options::hop_limit(33), protocol) ==
          call_of(option_id::ttl, family, from_hex("21000000")));
    CHECK(call_of(options::path_mtu_discovery(options::path_mtu_state::never), protocol) ==
          call_of(option_id::mtu_discover, family,
                  options::encode_path_mtu_state(native, options::path_mtu_state::never).view()));
    CHECK(call_of(options::multicast_interface(3), protocol) ==
          call_of(option_id::multicast_if, family,
                  options::encode_interface(native, option_id::multicast_if, family, 3).view()));
    CHECK(call_of(options::unicast_interface(3), protocol) ==
          call_of(option_id::unicast_if, family,
                  options::encode_interface(native, option_id::unicast_if, family, 3).view()));
    const auto group = make_address(v4 ? "239.1.2.3" : "ff15::7");
    const auto source = make_address(v4 ? "192.0.2.1" : "2001:db8::9");
    CHECK(
        call_of(options::join_group(group, 3), protocol) ==
        call_of(
            option_id::add_membership, family,
            options::encode_membership(native, option_id::add_membership, group, 3).bytes.view()));
    CHECK(call_of(options::block_source(group, source), protocol) ==
          call_of(
              option_id::block_source, family,
              options::encode_source_membership(native, option_id::block_source, group, source, {})
                  .bytes.view()));
  }
}

TEST_CASE("an IPv4 group uses IPPROTO_IP on an IPv6 socket") {
  const options::join_group option(make_address("239.1.2.3"), 3);
  CHECK(call_of(option, udp::v6()) == call_of(option, udp::v4()));
}

TEST_CASE("ip_options: padded to a multiple of four bytes, empty clears") {
  const options::ip_options none;
  CHECK(none.value().empty());
  CHECK(none.size(udp::v4()) == 0);
  CHECK(hex(options::ip_options(from_hex("94040000")).value()) == "94040000");
  CHECK(hex(options::ip_options(from_hex("0101010101")).value()) == "0101010101000000");
  const options::ip_options option(from_hex("9404"));
  CHECK(call_of(option, udp::v4()) ==
        call_of(option_id::options, ip_family::v4, from_hex("94040000")));
}

TEST_CASE("get_option rejects an answer of invalid size") {
  options::hop_limit option(7);
  CHECK_THROWS_AS(option.resize(udp::v4(), 3), std::length_error);
  CHECK_THROWS_AS(option.resize(udp::v4(), 13), std::length_error);
  options::ip_options options;
  CHECK_THROWS_AS(options.resize(udp::v4(), 41), std::length_error);
}

TEST_CASE("get_option accepts a 1-byte answer") {
  options::receive_packet_info option;
  *static_cast<std::byte*>(option.data(udp::v4())) = std::byte{1};
  option.resize(udp::v4(), 1);
  CHECK(option.value());
  CHECK(option);
  // The next call has its full size again.
  CHECK(std::as_const(option).size(udp::v4()) == 4);
}

TEST_CASE("redirect data is stored without its header and can be read again") {
  const auto data = from_hex("0a0b0c");
  options::redirect_records option{std::span<const std::byte>(data)};
  CHECK(hex(option.value()) == "0a0b0c");
  const auto answer = options::encode_redirect(native, option_id::wfp_redirect_records,
                                               ip_family::v4, from_hex("0102"));
  std::copy(answer.begin(), answer.end(), static_cast<std::byte*>(option.data(udp::v4())));
  option.resize(udp::v4(), answer.size());
  CHECK(hex(option.value()) == "0102");
  CHECK_THROWS_AS(option.resize(udp::v4(), 2000), std::length_error);
}
