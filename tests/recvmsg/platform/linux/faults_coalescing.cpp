// The coalescing guard's system calls fail.
#include "coalescing/interface_limit.hpp"
#include "faulty_call.hpp"
#include "set_up/metadata_options.hpp"
#include "support/catch.hpp"

#include <limits>
#include <netinet/in.h>
#include <unistd.h>

using namespace ancillary_test;
using ancillary::detail::list_network_interfaces;
using ancillary::detail::system_calls;

namespace {

constexpr auto stranger = ancillary::ip_address::v4({192, 0, 2, 1}); // RFC 5737

std::size_t largest_payload_of_any() {
  return ancillary::detail::largest_payload(list_network_interfaces(), stranger, {});
}

} // namespace

TEST_CASE("coalescing guard: no MTU limit if the interfaces cannot be listed", "[faults]") {
  constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
  REQUIRE_FALSE(list_network_interfaces().all.empty());
  SECTION("no list") {
    const faulty_call<&system_calls::getifaddrs> fault({.at = 1, .error = ENOMEM});
    CHECK(list_network_interfaces().all.empty());
    CHECK(fault.faults() == 1);
  }
  SECTION("no socket to ask with") {
    const faulty_call<&system_calls::socket> fault({.at = 1, .times = 4, .error = EMFILE});
    CHECK(list_network_interfaces().all.empty());
    CHECK(largest_payload_of_any() == unlimited);
    CHECK(fault.faults() == 4);
  }
  SECTION("no IPv4") {
    const auto before = list_network_interfaces().all.size();
    const faulty_call<&system_calls::socket> fault({.at = 1, .error = EAFNOSUPPORT});
    CHECK(list_network_interfaces().all.size() == before);
    CHECK(fault.faults() == 1);
  }
  SECTION("no MTU") {
    const faulty_call<&system_calls::ioctl> fault({.at = 1, .times = 10'000, .error = ENODEV});
    CHECK(list_network_interfaces().all.empty());
    CHECK(largest_payload_of_any() == unlimited);
    CHECK(fault.faults() > 0);
  }
}

TEST_CASE("coalescing guard: a failure to disable coalescing is reported", "[faults]") {
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  REQUIRE(socket >= 0);
  {
    const faulty_call<&system_calls::setsockopt> fault({.at = 1, .error = ENOBUFS});
    CHECK_FALSE(ancillary::detail::switch_off_coalescing(socket));
    CHECK(fault.faults() == 1);
  }
  CHECK(ancillary::detail::switch_off_coalescing(socket));
  ::close(socket);
}
