#include "coalescing/interface_limit.hpp"

#include "support/catch.hpp"
#include <ancillary/recvmsg/endpoint.hpp>

#include <asio/ip/address.hpp>
#include <limits>
#include <vector>

using ancillary::network_interface;
using ancillary::detail::largest_payload;

namespace {

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

ancillary::ip_address address(const char* text) {
  return ancillary::from_asio(asio::ip::make_address(text));
}

std::vector<network_interface> some_machine() {
  std::vector<network_interface> all(4);
  const std::uint32_t mtu_bytes[] = {65536, 1500, 9000, 1280};
  for (std::uint32_t i = 0; i != all.size(); ++i) {
    all[i].index = i + 1;
    all[i].mtu_bytes = mtu_bytes[i];
  }
  all[0].is_loopback = true;
  all[0].addresses = {{address("127.0.0.1"), 8}, {address("::1"), 128}};
  all[1].addresses = {{address("192.0.2.1"), 24}, {address("2001:db8::1"), 64}};
  return all;
}

} // namespace

TEST_CASE("interface limit: the interface's MTU minus the headers of the family",
          "[coalescing_guard]") {
  const auto machine = some_machine();
  CHECK(largest_payload(machine, address("192.0.2.7"), 2) == 1472);
  CHECK(largest_payload(machine, address("::ffff:192.0.2.7"), 2) == 1472);
  CHECK(largest_payload(machine, address("2001:db8::7"), 2) == 1452);
  CHECK(largest_payload(machine, address("192.0.2.7"), 3) == 8972);
}

TEST_CASE("interface limit: an MTU below 1,500 counts as 1,500", "[coalescing_guard]") {
  CHECK(largest_payload(some_machine(), address("192.0.2.7"), 4) == 1472);
}

TEST_CASE(
    "interface limit: without a known interface, the largest MTU except the loopback's counts",
    "[coalescing_guard]") {
  CHECK(largest_payload(some_machine(), address("192.0.2.7"), {}) == 8972);
  CHECK(largest_payload(some_machine(), address("192.0.2.7"), 77) == 8972);
}

TEST_CASE("interface limit: datagrams from this host have no limit", "[coalescing_guard]") {
  for (const char* const own :
       {"127.0.0.1", "127.9.9.9", "::1", "192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1"}) {
    CAPTURE(own);
    CHECK(largest_payload(some_machine(), address(own), 2) == unlimited);
  }
}

TEST_CASE("interface limit: no limit if the system lists no interface", "[coalescing_guard]") {
  CHECK(largest_payload({}, address("192.0.2.7"), 2) == unlimited);
}

TEST_CASE("interface limit: the loopback interface is listed with its address",
          "[coalescing_guard]") {
  const auto machine = ancillary::list_network_interfaces();
  bool has_loopback = false;
  bool has_its_address = false;
  for (const auto& each : machine) {
    CAPTURE(each.index, each.mtu_bytes);
    CHECK(each.index != 0);
    CHECK(each.mtu_bytes >= 576);
    has_loopback = has_loopback || each.is_loopback;
    has_its_address = has_its_address || each.find(address("127.0.0.1")) != nullptr;
  }
  CHECK(has_loopback);
  CHECK(has_its_address);
}
