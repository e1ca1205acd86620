#include "support/catch.hpp"
#include <ancillary/decoders/ip_address.hpp>

#include <sstream>

using namespace ancillary;

namespace {

constexpr ip_address v4 = ip_address::v4({192, 0, 2, 1});

// From eight groups, as the text has them.
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

TEST_CASE("ip_address knows its ranges") {
  CHECK(ip_address::v4({224, 0, 0, 0}).is_multicast());
  CHECK(ip_address::v4({239, 255, 255, 255}).is_multicast());
  CHECK_FALSE(ip_address::v4({223, 255, 255, 255}).is_multicast());
  CHECK_FALSE(ip_address::v4({240, 0, 0, 0}).is_multicast());
  CHECK(v6({0xff02, 0, 0, 0, 0, 0, 0, 1}).is_multicast());
  CHECK_FALSE(v6({0xfe80}).is_multicast());
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
