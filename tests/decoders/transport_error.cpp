#include "decoders/buffers.hpp"
#include "decoders/reference_transport_error.hpp"
#include "support/catch.hpp"
#include <ancillary/decoders/transport_error.hpp>

#include <sstream>

using namespace ancillary_test;
using ancillary::decode_transport_error;
using ancillary::error_origin;
using ancillary::ip_address;
using ancillary::layout_id;
using ancillary::transport_error;

namespace {

// sock_extended_err, then the offender's sockaddr.
std::vector<std::byte> extended_error(std::uint32_t code, std::uint8_t origin, std::uint8_t type,
                                      std::uint8_t icmp_code, std::uint32_t info,
                                      std::vector<std::byte> offender = {}) {
  std::vector<std::byte> data;
  append_number(data, code, 4);
  append_number(data, origin, 1);
  append_number(data, type, 1);
  append_number(data, icmp_code, 1);
  append_number(data, 0, 1);
  append_number(data, info, 4);
  append_number(data, 0, 4);
  data.insert(data.end(), offender.begin(), offender.end());
  return data;
}

std::vector<std::byte> offender_v4(std::initializer_list<std::uint8_t> octets) {
  std::vector<std::byte> bytes;
  append_number(bytes, 2, 2);
  append_number(bytes, 0, 2);
  for (const std::uint8_t octet : octets) {
    append_number(bytes, octet, 1);
  }
  append_number(bytes, 0, 8);
  return bytes;
}

std::vector<std::byte> offender_v6(const char* address) {
  std::vector<std::byte> bytes;
  append_number(bytes, 10, 2);
  append_number(bytes, 0, 6);
  const ip_address parsed = ip_address::from_string(address).value();
  for (const std::uint8_t octet : parsed.bytes()) {
    append_number(bytes, octet, 1);
  }
  append_number(bytes, 0, 4);
  return bytes;
}

std::vector<std::byte> in_recverr(std::uint32_t protocol, std::uint32_t info, std::uint8_t type,
                                  std::uint8_t code) {
  std::vector<std::byte> data;
  append_number(data, protocol, 4);
  append_number(data, info, 4);
  append_number(data, type, 1);
  append_number(data, code, 1);
  append_number(data, 0xaaaa, 2);
  return data;
}

std::vector<std::byte> message(layout_id layout, ancillary::message_type type,
                               const std::vector<std::byte>& data) {
  std::vector<std::byte> control;
  append_message(control, layout, type, data);
  return control;
}

} // namespace

TEST_CASE("transport error: a Linux ICMP error with its offender", "[transport_error]") {
  const layout_id layout = GENERATE(layout_id::linux_64, layout_id::linux_32);
  const auto control =
      message(layout, {0, 11}, extended_error(111, 2, 3, 3, 0, offender_v4({192, 0, 2, 1})));
  const auto error = decode_transport_error(layout, control);
  REQUIRE(error);
  CHECK(error->origin == error_origin::icmp);
  CHECK(error->type == 3);
  CHECK(error->code == 3);
  CHECK(error->system_code == 111);
  CHECK(error->offender == ip_address::v4({192, 0, 2, 1}));
  CHECK_FALSE(error->mtu());
  CHECK(to_string(*error) == "port unreachable (ICMP type 3, code 3, from 192.0.2.1)");
}

TEST_CASE("transport error: the MTU of the next hop", "[transport_error]") {
  struct row {
    ancillary::message_type type;
    std::vector<std::byte> data;
    std::optional<std::uint32_t> mtu;
  };
  const row each = GENERATE(
      row{{0, 11}, extended_error(90, 2, 3, 4, 1280, offender_v4({192, 0, 2, 1})), 1280},
      row{{0, 11}, extended_error(90, 2, 3, 4, 0), std::nullopt}, // a router before RFC 1191
      row{{41, 25}, extended_error(90, 3, 2, 0, 1400, offender_v6("2001:db8::1")), 1400},
      row{{0, 11}, extended_error(90, 1, 0, 0, 1500), 1500},        // this host
      row{{0, 11}, extended_error(22, 1, 0, 0, 7), std::nullopt},   // another error of this host
      row{{0, 11}, extended_error(71, 2, 12, 0, 20), std::nullopt}, // parameter problem: a pointer
      row{{0, 11}, extended_error(0, 4, 0, 0, 1), std::nullopt});   // a transmit timestamp
  const auto error = decode_transport_error(ancillary::layouts::linux_64{},
                                            message(layout_id::linux_64, each.type, each.data));
  REQUIRE(error);
  CHECK(error->mtu() == each.mtu);
}

TEST_CASE("transport error: an IPv4 offender of a dual-stack socket is unmapped",
          "[transport_error]") {
  const auto control = message(layout_id::linux_64, {41, 25},
                               extended_error(113, 2, 3, 1, 0, offender_v6("::ffff:192.0.2.7")));
  const auto error = decode_transport_error(ancillary::layouts::linux_64{}, control);
  REQUIRE(error);
  CHECK(error->origin == error_origin::icmp);
  CHECK(error->offender == ip_address::v4({192, 0, 2, 7}));
}

TEST_CASE("transport error: a Windows error", "[transport_error]") {
  const layout_id layout = GENERATE(layout_id::windows_x64, layout_id::windows_x86);
  const auto too_long =
      decode_transport_error(layout, message(layout, {0, 75}, in_recverr(1, 1280, 3, 4)));
  REQUIRE(too_long);
  CHECK(too_long->mtu() == 1280U);
  CHECK_FALSE(too_long->offender);
  CHECK(too_long->system_code == 0);
  const auto closed =
      decode_transport_error(layout, message(layout, {41, 75}, in_recverr(58, 0, 1, 4)));
  REQUIRE(closed);
  CHECK(closed->origin == error_origin::icmpv6);
  CHECK(to_string(*closed) == "port unreachable (ICMPv6 type 1, code 4)");
}

TEST_CASE("transport error: other messages are skipped, and their absence is no error",
          "[transport_error]") {
  std::vector<std::byte> control;
  append_message(control, layout_id::linux_64, {0, 8}, number_bytes(0, 12));
  CHECK_FALSE(decode_transport_error(layout_id::linux_64, control));
  append_message(control, layout_id::linux_64, {0, 11}, number_bytes(0, 15)); // too short
  CHECK_FALSE(decode_transport_error(layout_id::linux_64, control));
  append_message(control, layout_id::linux_64, {41, 25}, extended_error(111, 3, 1, 4, 0));
  const auto error = decode_transport_error(layout_id::linux_64, control);
  REQUIRE(error);
  CHECK(error->origin == error_origin::icmpv6);
  CHECK_FALSE(decode_transport_error(layout_id::windows_x64, control));
  CHECK_FALSE(decode_transport_error(layout_id::linux_64, {}));
}

TEST_CASE("transport error: any bytes decode like a plain reading", "[transport_error]") {
  random_source random(11);
  std::size_t decoded = 0;
  for (int round = 0; round < 20'000; ++round) {
    const layout_id layout = all_layouts[random.below(all_layouts.size())];
    std::vector<std::byte> control;
    const std::size_t messages = random.below(4);
    for (std::size_t i = 0; i < messages; ++i) {
      const bool windows = ancillary::is_windows(layout);
      const ancillary::message_type types[] = {
          {0, windows ? 75 : 11}, {41, windows ? 75 : 25}, {0, 8}};
      auto data = random.bytes(random.below(50));
      if (data.size() > 17) {
        data[4] = static_cast<std::byte>(random.below(6));
        data[16] = static_cast<std::byte>(random.one_in(2) ? 2 : 10);
        data[17] = std::byte{0};
      }
      append_message(control, layout, types[random.below(3)], data);
    }
    if (!control.empty() && random.one_in(4)) {
      control[random.below(control.size())] = static_cast<std::byte>(random.bits());
    }
    control.resize(control.size() - (random.one_in(4) ? random.below(control.size() + 1) : 0));
    const exact_copy exact(control);
    const auto expected = reference_transport_error::decode(layout, exact.bytes());
    const auto error = decode_transport_error(layout, exact.bytes());
    REQUIRE(error == expected);
    decoded += error ? 1U : 0U;
  }
  CHECK(decoded > 5'000);
}

TEST_CASE("transport error: text for each origin", "[transport_error]") {
  const auto text = [](const transport_error& error) {
    std::ostringstream out;
    out << error;
    return out.str();
  };
  CHECK(text({error_origin::icmp, 3, 13}) == "administratively prohibited (ICMP type 3, code 13)");
  CHECK(text({error_origin::icmp, 11, 0}) == "time exceeded (ICMP type 11, code 0)");
  CHECK(text({error_origin::icmpv6, 2, 0, 1280}) ==
        "packet too big (ICMPv6 type 2, code 0, MTU 1280)");
  CHECK(text({error_origin::local, 0, 0, 1500, 90}) == "longer than the MTU (error 90, MTU 1500)");
  CHECK(text({}) == "no error of a datagram");
}

// Usable in constant expressions.
static_assert(!decode_transport_error(ancillary::layouts::linux_64{}, {}));
