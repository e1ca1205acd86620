#include "support/catch.hpp"
#include <ancillary/decoders/format.hpp>
#include <ancillary/decoders/ip_address.hpp>

#include <array>
#include <iomanip>
#include <locale>
#include <sstream>
#include <string>
#include <unordered_set>

using namespace ancillary;

namespace {

constexpr ip_address v4 = ip_address::v4({192, 0, 2, 1});

// From eight groups, as in the text.
constexpr ip_address v6(std::array<unsigned, 8> groups) {
  ip_address::v6_octets octets{};
  for (std::size_t i = 0; i < 8; ++i) {
    octets[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
    octets[2 * i + 1] = static_cast<std::uint8_t>(groups[i]);
  }
  return ip_address::v6(octets);
}

static_assert(v4.is_v4() && !v4.is_v6() && v4.bytes().size() == 4);
static_assert(v4.to_v4_bytes() == ip_address::v4_octets{192, 0, 2, 1});
static_assert(v6({}).is_v6() && v6({}).is_unspecified() && ip_address{}.is_unspecified());
static_assert(v4.mapped().is_v4_mapped() && v4.mapped().unmapped() == v4 && v4.mapped() != v4);
static_assert(v4.unmapped() == v4 && v6({1}).unmapped() == v6({1}) && v6({1}).mapped() == v6({1}));
static_assert(sizeof(ip_address) == 17);

} // namespace

TEST_CASE("ip_address text follows RFC 5952") {
  CHECK(to_string(v4) == "192.0.2.1");
  CHECK(to_string(ip_address::v4({255, 255, 255, 255})) == "255.255.255.255");
  CHECK(to_string(ip_address{}) == "0.0.0.0");
  CHECK(to_string(v6({})) == "::");
  CHECK(to_string(v6({0, 0, 0, 0, 0, 0, 0, 1})) == "::1");
  CHECK(to_string(v6({1})) == "1::");
  CHECK(to_string(v6({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1})) == "2001:db8::1");
  // 4.1: no leading zeros. 4.2.2: one zero group is written.
  CHECK(to_string(v6({0x2001, 0xdb8, 0, 1, 1, 1, 1, 1})) == "2001:db8:0:1:1:1:1:1");
  // 4.2.3: the longest run, the first of two equal ones.
  CHECK(to_string(v6({0x2001, 0, 0, 1, 0, 0, 0, 1})) == "2001:0:0:1::1");
  CHECK(to_string(v6({0x2001, 0xdb8, 0, 0, 1, 0, 0, 1})) == "2001:db8::1:0:0:1");
  CHECK(to_string(v6({0, 0, 1, 0, 0, 0, 0, 0})) == "0:0:1::");
  CHECK(to_string(v6({0, 1, 2, 3, 4, 5, 0, 0})) == "0:1:2:3:4:5::");
  // 4.3: lower case. 5: the mixed notation.
  CHECK(to_string(v6({0xABCD, 0xEF01, 2, 3, 4, 5, 6, 7})) == "abcd:ef01:2:3:4:5:6:7");
  CHECK(to_string(v4.mapped()) == "::ffff:192.0.2.1");
  const std::string longest(39, 'f');
  CHECK(to_string(v6({0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff})).size() ==
        longest.size());
}

TEST_CASE("socket_address text brackets IPv6") {
  CHECK(to_string(socket_address{v4, 53}) == "192.0.2.1:53");
  CHECK(to_string(socket_address{v6({0, 0, 0, 0, 0, 0, 0, 1}), 65535}) == "[::1]:65535");
  std::ostringstream out;
  out << v4 << ' ' << socket_address{v4, 1};
  CHECK(out.str() == "192.0.2.1 192.0.2.1:1");
}

TEST_CASE("ip_address recognizes special ranges") {
  CHECK(ip_address::v4({224, 0, 0, 0}).is_multicast());
  CHECK(ip_address::v4({239, 255, 255, 255}).is_multicast());
  CHECK_FALSE(ip_address::v4({223, 255, 255, 255}).is_multicast());
  CHECK_FALSE(ip_address::v4({240, 0, 0, 0}).is_multicast());
  CHECK(v6({0xff02, 0, 0, 0, 0, 0, 0, 1}).is_multicast());
  CHECK_FALSE(v6({0xfe80}).is_multicast());
  CHECK(ip_address::v4({169, 254, 0, 1}).is_link_local());
  CHECK_FALSE(ip_address::v4({169, 253, 255, 255}).is_link_local());
  CHECK(v6({0xfe80}).is_link_local());
  CHECK(v6({0xfebf, 1}).is_link_local());
  CHECK_FALSE(v6({0xfec0}).is_link_local());
  CHECK_FALSE(v6({0xff02}).is_link_local());
  CHECK(ip_address::v4({127, 0, 0, 1}).is_loopback());
  CHECK(ip_address::v4({127, 255, 0, 0}).is_loopback());
  CHECK_FALSE(ip_address::v4({128, 0, 0, 1}).is_loopback());
  CHECK(v6({0, 0, 0, 0, 0, 0, 0, 1}).is_loopback());
  CHECK_FALSE(v6({0, 0, 0, 0, 0, 0, 0, 2}).is_loopback());
  CHECK_FALSE(v6({0x7f00}).is_loopback());
  CHECK(ip_address::v4({255, 255, 255, 255}).is_limited_broadcast());
  CHECK_FALSE(ip_address::v4({255, 255, 255, 254}).is_limited_broadcast());
  CHECK_FALSE(v6({0xffff, 0xffff}).is_limited_broadcast());
  CHECK_FALSE(v6({0, 0, 0, 0, 0, 0xfffe, 1, 2}).is_v4_mapped());
  CHECK_FALSE(v6({0, 0, 0, 0, 1, 0xffff, 1, 2}).is_v4_mapped());
}

TEST_CASE("ip_address orders IPv4 before IPv6, then by bytes") {
  CHECK(ip_address::v4({255, 0, 0, 0}) < v6({}));
  CHECK(ip_address::v4({1, 2, 3, 4}) < ip_address::v4({1, 2, 4, 0}));
  CHECK(v6({1}) < v6({2}));
  CHECK(ip_address{} != v6({}));
}

TEST_CASE("ip_address from_string accepts the output of to_string and every form of RFC 4291") {
  const std::pair<const char*, ip_address> accepted[] = {
      {"192.0.2.1", v4},
      {"0.0.0.0", ip_address{}},
      {"255.255.255.255", ip_address::v4({255, 255, 255, 255})},
      {"::", v6({})},
      {"::1", v6({0, 0, 0, 0, 0, 0, 0, 1})},
      {"1::", v6({1})},
      {"2001:db8::1", v6({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1})},
      {"2001:DB8:0:0:0:0:0:1", v6({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1})},
      {"2001:0db8::0001", v6({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1})},
      {"1:2:3:4:5:6:7::", v6({1, 2, 3, 4, 5, 6, 7, 0})},
      {"::2:3:4:5:6:7:8", v6({0, 2, 3, 4, 5, 6, 7, 8})},
      {"::ffff:192.0.2.1", v4.mapped()},
      {"64:ff9b::192.0.2.33", v6({0x64, 0xff9b, 0, 0, 0, 0, 0xc000, 0x221})},
      {"1:2:3:4:5:6:192.0.2.1", v6({1, 2, 3, 4, 5, 6, 0xc000, 0x201})},
  };
  for (const auto& [text, address] : accepted) {
    CAPTURE(text);
    CHECK(ip_address::from_string(text) == address);
    CHECK(ip_address::from_string(to_string(address)) == address);
  }
}

TEST_CASE("ip_address from_string rejects other text") {
  for (const char* const text : {"",
                                 "1",
                                 "1.2.3",
                                 "1.2.3.4.5",
                                 "1.2.3.256",
                                 "1.2.3.-4",
                                 "01.2.3.4",
                                 "1.2.3.4 ",
                                 " 1.2.3.4",
                                 "1..2.3",
                                 "1.2.3.",
                                 ".1.2.3",
                                 "0x1.2.3.4",
                                 ":",
                                 ":::",
                                 "1:2:3:4:5:6:7",
                                 "1:2:3:4:5:6:7:8:9",
                                 "1:2:3:4:5:6:7:8::",
                                 "::1::",
                                 "1::2::3",
                                 "12345::",
                                 "g::",
                                 "::1.2.3",
                                 "::1.2.3.4:5",
                                 "1.2.3.4::",
                                 "fe80::1%eth0",
                                 "[::1]",
                                 "1:2:3:4:5:6:7:192.0.2.1",
                                 "::-1",
                                 ":1:2:3:4:5:6:7:8",
                                 "1:2:3:4:5:6:7:8:"}) {
    CAPTURE(text);
    CHECK_FALSE(ip_address::from_string(text));
  }
}

TEST_CASE("ip_address to_chars needs only as much space as the text") {
  std::array<char, ip_address_chars> text{};
  for (const ip_address& address :
       {v4, v6({1}), v6({0x2001, 0xdb8, 1, 2, 3, 4, 5, 6}), v4.mapped()}) {
    const std::string whole = to_string(address);
    const auto fits = to_chars(text.data(), text.data() + whole.size(), address);
    CHECK(fits.ec == std::errc{});
    CHECK(std::string(text.data(), fits.ptr) == whole);
    char* const last = text.data() + whole.size() - 1;
    const auto short_of_room = to_chars(text.data(), last, address);
    CHECK(short_of_room.ec == std::errc::value_too_large);
    CHECK(short_of_room.ptr == last);
  }
}

TEST_CASE("ip_address converts to and from in_addr and in6_addr with the same octets") {
  struct four { // as in_addr
    std::uint32_t network_order;
  };
  struct sixteen { // as in6_addr
    std::array<std::uint8_t, 16> octets;
  };
  const auto native = v4.to_in_addr<four>();
  CHECK(ip_address::from_in_addr(native) == v4);
  CHECK(std::bit_cast<ip_address::v4_octets>(native) == v4.to_v4_bytes());
  const ip_address address = v6({0x2001, 0xdb8, 0, 0, 0, 0, 0, 7});
  CHECK(ip_address::from_in_addr(address.to_in_addr<sixteen>()) == address);
}

TEST_CASE("socket_address converts to and from sockaddr, and rejects too few bytes") {
  std::array<std::byte, 28> storage{};
  for (const ip_address& address : {v4, v6({0x2001, 0xdb8, 0, 0, 0, 0, 0, 7})}) {
    const socket_address endpoint{address, 5353};
    const std::size_t size = endpoint.to_sockaddr(storage);
    CHECK(size == (address.is_v4() ? 16u : 28u));
    CHECK(socket_address::from_sockaddr(std::span(storage).first(size)) == endpoint);
    for (std::size_t less = 0; less < size; ++less) {
      CHECK_FALSE(socket_address::from_sockaddr(std::span(storage).first(less)) == endpoint);
      CHECK(endpoint.to_sockaddr(std::span(storage).first(less)) == 0);
    }
  }
  CHECK_FALSE(socket_address::from_sockaddr(std::array<std::byte, 28>{}));
}

TEST_CASE("ip_address and socket_address work as keys of hash tables") {
  std::unordered_set<ip_address> addresses;
  std::unordered_set<socket_address> endpoints;
  for (std::uint8_t i = 0; i < 200; ++i) {
    addresses.insert(ip_address::v4({192, 0, 2, i}));
    addresses.insert(ip_address::v4({192, 0, 2, i}).mapped());
    endpoints.insert({v4, i});
  }
  CHECK(addresses.size() == 400);
  CHECK(endpoints.size() == 200);
  std::unordered_set<std::size_t> hashes;
  for (const ip_address& each : addresses) {
    hashes.insert(std::hash<ip_address>{}(each));
  }
  CHECK(hashes.size() > 390);
}

TEST_CASE("printed text does not depend on the locale or on stream flags") {
  struct grouped final : std::numpunct<char> {
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  const std::locale grouping(std::locale::classic(), new grouped);
  const std::locale before = std::locale::global(grouping);
  metadata values;
  values.interface_index = 1'234'567;
  values.traffic_class = traffic_class{0xb9};
  std::ostringstream out;
  out << std::hex << std::showbase << values << ' ' << traffic_class{0xb9} << ' '
      << timestamp{timestamp_clock::realtime, 1'234'567};
  CHECK(out.str() == "interface_index=1234567 traffic_class=dscp:46,ecn:ect1 dscp:46,ecn:ect1 "
                     "realtime:1234567");
  std::locale::global(before);

  std::ostringstream wide;
  wide << std::setw(12) << v4 << std::setw(20) << std::left << traffic_class{4} << '|';
  CHECK(wide.str() == "   192.0.2.1dscp:1,ecn:not_ect  |");
}

#if defined(__cpp_lib_format)
TEST_CASE("std::format supports addresses, fields and metadata") {
  CHECK(std::format("{:>12}|{}", v4, field::hop_limit) == "   192.0.2.1|hop_limit");
  CHECK(std::format("{}", socket_address{v4, 53}) == "192.0.2.1:53");
}
#endif
