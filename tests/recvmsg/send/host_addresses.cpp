#include "send/host_addresses.hpp"

#include "support/catch.hpp"

#include <string_view>

using ancillary::ip_address;
using ancillary::detail::host_address;
using ancillary::detail::host_addresses;

namespace {

ip_address at(std::string_view text) { return ip_address::from_string(text).value(); }

const host_address loopback{at("127.0.0.1"), 8, 1};
const host_address loopback_v6{at("::1"), 128, 1};

} // namespace

TEST_CASE("host addresses: nothing known has no doubts and owns the loopback networks alone") {
  const host_addresses none;
  CHECK_FALSE(none.has_doubts());
  CHECK_FALSE(none.needs_interface(at("192.0.2.1"), at("192.0.2.2"), 2));
  CHECK(none.owns(at("127.1.2.3")));
  CHECK(none.owns(at("::1")));
  CHECK_FALSE(none.owns(at("::2")));
  CHECK_FALSE(none.owns(at("192.0.2.1")));
}

TEST_CASE("host addresses: a usual host has no doubts") {
  const host_addresses usual({loopback,
                              loopback_v6,
                              {at("192.0.2.1"), 24, 2},
                              {at("192.0.2.11"), 24, 2},
                              {at("10.0.0.1"), 8, 3},
                              {at("fe80::1"), 64, 2},
                              {at("fe80::1"), 64, 3},
                              {at("198.51.100.53"), 32, 1},
                              {at("2001:db8::1"), 64, 2}});
  CHECK_FALSE(usual.has_doubts());
  CHECK(usual.owns(at("10.0.0.1")));
  CHECK(usual.owns(at("198.51.100.53")));
  CHECK_FALSE(usual.owns(at("10.0.0.2")));
}

TEST_CASE("host addresses: the broadcast address of each subnet that has one") {
  const host_addresses host({{at("192.0.2.1"), 24, 2},
                             {at("10.1.2.3"), 22, 2},
                             {at("198.51.100.0"), 31, 3},
                             {at("203.0.113.9"), 32, 3}});
  CHECK(host.is_subnet_broadcast(at("192.0.2.255")));
  CHECK(host.is_subnet_broadcast(at("10.1.3.255")));
  CHECK_FALSE(host.is_subnet_broadcast(at("10.1.2.255")));
  CHECK_FALSE(host.is_subnet_broadcast(at("198.51.100.1")));
  CHECK_FALSE(host.is_subnet_broadcast(at("203.0.113.9")));
}

TEST_CASE("host addresses: two interfaces with one address leave its clients in doubt") {
  const host_addresses host({{at("192.0.2.1"), 24, 2}, {at("192.0.2.1"), 24, 3}});
  CHECK(host.needs_interface(at("192.0.2.1"), at("192.0.2.9"), 2));
  CHECK(host.needs_interface(at("192.0.2.1"), at("192.0.2.9"), 3));
  CHECK(host.needs_interface(at("192.0.2.1"), at("203.0.113.9"), 3));
  CHECK_FALSE(host.needs_interface(at("192.0.2.1"), at("192.0.2.1"), 3));   // this host
  CHECK_FALSE(host.needs_interface(at("192.0.2.1"), at("203.0.113.9"), 4)); // by neither of them
}

TEST_CASE(
    "host addresses: two interfaces in one subnet leave its neighbours in doubt, nobody else") {
  const host_addresses host({{at("192.0.2.1"), 24, 2}, {at("192.0.2.129"), 25, 3}});
  CHECK(host.needs_interface(at("192.0.2.1"), at("192.0.2.200"), 2));
  CHECK(host.needs_interface(at("192.0.2.129"), at("192.0.2.200"), 3));
  CHECK_FALSE(host.needs_interface(at("192.0.2.1"), at("192.0.2.9"), 2));     // of one subnet alone
  CHECK_FALSE(host.needs_interface(at("192.0.2.129"), at("203.0.113.9"), 3)); // behind a router
}

TEST_CASE("host addresses: unnumbered interfaces leave nobody in doubt") {
  const host_addresses host({{at("192.0.2.1"), 32, 1},
                             {at("192.0.2.1"), 32, 2},
                             {at("192.0.2.1"), 32, 3},
                             {at("2001:db8::1"), 128, 2},
                             {at("2001:db8::1"), 128, 3}});
  CHECK_FALSE(host.has_doubts());
}

TEST_CASE("host addresses: an interface with routes of its own is always named") {
  const host_addresses host({{at("192.0.2.1"), 24, 2}, {at("10.0.0.1"), 24, 3}}, {2, 9});
  CHECK(host.needs_interface(at("192.0.2.1"), at("203.0.113.9"), 2));
  CHECK_FALSE(host.needs_interface(at("10.0.0.1"), at("203.0.113.9"), 3));
}
