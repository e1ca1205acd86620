// How the options decode the bytes of getsockopt, for Windows and for Linux, on every host.
#include "hex.hpp"
#include "support/catch.hpp"
#include <ancillary/recvmsg/options/encoding.hpp>

namespace {

using namespace ancillary;
using namespace ancillary::options;
using ancillary::layout_id;
using ancillary::option_id;
using option_tests::from_hex;
using option_tests::hex;

constexpr auto x64 = layout_id::windows_x64;
constexpr auto linux64 = layout_id::linux_64;
constexpr auto v4 = ip_family::v4;
constexpr auto v6 = ip_family::v6;

} // namespace

TEST_CASE("numbers: 1-byte and 4-byte answers are accepted, others rejected") {
  CHECK(decode_number(from_hex("40")) == 64U);
  CHECK(decode_number(from_hex("40000000")) == 64U);
  CHECK_FALSE(decode_number(from_hex("")));
  CHECK_FALSE(decode_number(from_hex("4000")));
  CHECK_FALSE(decode_number(from_hex("4000000000000000")));
}

TEST_CASE("flags: any number except zero is on") {
  CHECK(decode_flag(x64, option_id::pktinfo, v4, from_hex("01")) == true);
  CHECK(decode_flag(x64, option_id::pktinfo, v4, from_hex("00000000")) == false);
  CHECK(decode_flag(x64, option_id::pktinfo, v4, from_hex("ffffffff")) == true);
  CHECK_FALSE(decode_flag(x64, option_id::pktinfo, v4, from_hex("010000")).has_value());
}

TEST_CASE("don't-fragment: on Linux IPv4, read from the path MTU discovery state") {
  const auto flag = [](const char* bytes) {
    return decode_flag(linux64, option_id::dontfragment, v4, from_hex(bytes));
  };
  CHECK(flag("00000000") == false); // IP_PMTUDISC_DONT
  CHECK(flag("01000000") == false); // IP_PMTUDISC_WANT fragments larger datagrams
  CHECK(flag("02000000") == true);  // IP_PMTUDISC_DO
  CHECK(flag("03000000") == true);  // IP_PMTUDISC_PROBE
  CHECK(decode_flag(linux64, option_id::dontfragment, v6, from_hex("01000000")) == true);
  CHECK(decode_flag(x64, option_id::dontfragment, v4, from_hex("01000000")) == true);
}

TEST_CASE("path MTU discovery: states are decoded by each system's numbers") {
  const auto state = [](layout_id system, const char* bytes) {
    return decode_path_mtu_state(system, from_hex(bytes));
  };
  CHECK(state(x64, "00000000") == path_mtu_state::not_set);
  CHECK(state(x64, "01000000") == path_mtu_state::always);
  CHECK(state(x64, "02000000") == path_mtu_state::never);
  CHECK(state(x64, "03000000") == path_mtu_state::probe);
  CHECK(state(linux64, "00000000") == path_mtu_state::never);
  CHECK(state(linux64, "01000000") == path_mtu_state::not_set);
  CHECK(state(linux64, "02000000") == path_mtu_state::always);
  CHECK(state(linux64, "03000000") == path_mtu_state::probe);
  CHECK(state(linux64, "04000000") == path_mtu_state::interface_mtu);
  CHECK(state(linux64, "05000000") == path_mtu_state::omit);
  CHECK_FALSE(state(x64, "0100"));
}

TEST_CASE("user MTU: decodes to a number or unspecified") {
  CHECK(decode_user_mtu(x64, from_hex("78050000")).value() == 1400U);
  CHECK_FALSE(decode_user_mtu(x64, from_hex("ffffffff")).value());
  CHECK_FALSE(decode_user_mtu(linux64, from_hex("00000000")).value());
  CHECK_FALSE(decode_user_mtu(x64, from_hex("ff")).value_or(std::nullopt) == 1400U);
  CHECK_FALSE(decode_user_mtu(x64, from_hex("")).has_value());
}

TEST_CASE("interface index: Windows returns host byte order") {
  const auto read = [](option_id option, ip_family family, const char* bytes) {
    return decode_interface(x64, option, family, from_hex(bytes));
  };
  CHECK(read(option_id::multicast_if, v4, "03000000") == interface_selector(3));
  CHECK(read(option_id::unicast_if, v4, "03000000") == interface_selector(3));
  CHECK(read(option_id::unicast_if, v6, "03000000") == interface_selector(3));
  CHECK(read(option_id::multicast_if, v6, "04030201") == interface_selector(0x01020304));
  CHECK(read(option_id::multicast_if, v4, "00000000") == interface_selector());
  // More than 24 bits cannot be an index.
  CHECK(read(option_id::multicast_if, v4, "0a000001") ==
        interface_selector(asio::ip::make_address_v4("10.0.0.1")));
  CHECK_FALSE(read(option_id::multicast_if, v4, "03"));
  CHECK_FALSE(read(option_id::multicast_if, v4, "030000000000"));
}

TEST_CASE("interface index: Linux returns an address or the byte order of setsockopt") {
  const auto read = [](option_id option, ip_family family, const char* bytes) {
    return decode_interface(linux64, option, family, from_hex(bytes));
  };
  CHECK(read(option_id::multicast_if, v4, "0a000001") ==
        interface_selector(asio::ip::make_address_v4("10.0.0.1")));
  CHECK(read(option_id::multicast_if, v4, "00000000") == interface_selector());
  CHECK(read(option_id::multicast_if, v6, "03000000") == interface_selector(3));
  CHECK(read(option_id::unicast_if, v4, "00000003") == interface_selector(3));
  CHECK(read(option_id::unicast_if, v6, "00000003") == interface_selector(3));
}

TEST_CASE("redirect data: decoded without its header") {
  const auto read = [](layout_id system, const char* bytes) {
    const auto message = from_hex(bytes);
    return hex(decode_redirect(system, option_id::wfp_redirect_records, message));
  };
  const auto x86 = layout_id::windows_x86;
  CHECK(read(x64, "1300000000000000"
                  "00000000"
                  "3c000000"
                  "010203") == "010203");
  CHECK(read(x64, "1300000000000000"
                  "00000000"
                  "3c000000"
                  "010203"
                  "0000000000") == "010203");
  CHECK(read(x64, "1000000000000000"
                  "29000000"
                  "3c000000") == "");
  CHECK(read(x86, "0f000000"
                  "00000000"
                  "3c000000"
                  "010203") == "010203");
  // Without such a header, everything is data.
  CHECK(read(x64, "010203") == "010203");
  CHECK(read(x64, "1300000000000000"
                  "00000000"
                  "46000000"
                  "010203") == "1300000000000000000000004600000001"
                               "0203");
  CHECK(read(x64, "1400000000000000"
                  "00000000"
                  "3c000000"
                  "010203") == "1400000000000000000000003c00000001"
                               "0203");
  CHECK(read(x64, "0f00000000000000"
                  "00000000"
                  "3c000000"
                  "010203") == "0f00000000000000000000003c00000001"
                               "0203");
}
