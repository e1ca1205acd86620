// The coalescing guard's system calls fail.
#include "coalescing/interface_limit.hpp"
#include "faulty_call.hpp"
#include "set_up/metadata_options.hpp"
#include "support/catch.hpp"

#include <limits>
#include <netinet/in.h>
#include <unistd.h>

using namespace ancillary_test;
using ancillary::network_interface;
using ancillary::detail::system_calls;

namespace {

constexpr auto stranger = ancillary::ip_address::v4({192, 0, 2, 1}); // RFC 5737

std::vector<network_interface> list() {
  std::error_code ignored;
  return ancillary::list_network_interfaces(ignored);
}

} // namespace

TEST_CASE("coalescing guard: no MTU limit if the interfaces cannot be listed", "[faults]") {
  constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
  REQUIRE_FALSE(list().empty());
  const faulty_call<&system_calls::socket> fault({.at = 1, .error = EMFILE});
  const auto none = list();
  CHECK(none.empty());
  CHECK(ancillary::detail::largest_payload(none, stranger, {}) == unlimited);
  CHECK(fault.faults() == 1);
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
