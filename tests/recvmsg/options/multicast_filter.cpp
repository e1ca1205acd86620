#include "support/catch.hpp"
#include <ancillary/decoders/control_builder.hpp>
#include <ancillary/recvmsg/multicast.hpp>

namespace {

using ancillary::ip_address;
using ancillary::multicast_filter;

constexpr auto ours = ip_address::v4({239, 1, 1, 1});
constexpr auto theirs = ip_address::v4({239, 2, 2, 2});
constexpr auto mapped_ours =
    ip_address::v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 239, 1, 1, 1});
constexpr auto ours_v6 = ip_address::v6({0xff, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});

} // namespace

TEST_CASE("multicast_filter accepts only inserted groups") {
  multicast_filter filter;
  CHECK_FALSE(filter.accepts(ours));
  filter.insert(ours);
  filter.insert(ours_v6);
  CHECK(filter.accepts(ours));
  CHECK(filter.accepts(ours_v6));
  CHECK_FALSE(filter.accepts(theirs));
  filter.erase(ours);
  CHECK_FALSE(filter.accepts(ours));
  CHECK(filter.accepts(ours_v6));
}

TEST_CASE("multicast_filter accepts unicast") {
  const multicast_filter filter;
  CHECK(filter.accepts(ip_address::v4({10, 0, 0, 1})));
  CHECK(filter.accepts(ip_address::v4({255, 255, 255, 255})));
  CHECK(filter.accepts(ip_address::v6({0x20, 1})));
}

TEST_CASE("multicast_filter treats a mapped IPv4 group as the IPv4 group") {
  multicast_filter filter;
  filter.insert(ours);
  CHECK(filter.accepts(mapped_ours));
}

TEST_CASE("multicast_filter tells groups apart by interface") {
  multicast_filter filter;
  filter.insert(asio::ip::make_address("239.1.1.1"), 3);
  CHECK(filter.accepts(ours, 3));
  CHECK_FALSE(filter.accepts(ours, 4));
  CHECK(filter.accepts(ours)); // the interface is not reported
  filter.insert(ours, 3);
  filter.erase(asio::ip::make_address("239.1.1.1"), 3);
  CHECK_FALSE(filter.accepts(ours, 3));
}

TEST_CASE("multicast_filter accepts a datagram by its metadata") {
  multicast_filter filter;
  filter.insert(ours, 3);
  using layout = ancillary::layouts::native;
  ancillary::fixed_control_builder<layout, 128> for_us;
  REQUIRE(for_us.destination(ours, 3));
  CHECK(filter.accepts(ancillary::metadata_view(layout{}, for_us.bytes())));
  ancillary::fixed_control_builder<layout, 128> for_them;
  REQUIRE(for_them.destination(theirs, 3));
  CHECK_FALSE(filter.accepts(ancillary::metadata_view(layout{}, for_them.bytes())));
  // No metadata is known.
  CHECK(filter.accepts(ancillary::metadata_view()));
}
