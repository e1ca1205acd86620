// The control length of a truncated datagram: the library's Windows code clears the first header
// before each call, so this runs in the Windows build only.
#include "../machine.hpp"

#include <asio/ip/multicast.hpp>

using namespace ancillary_test;
using ancillary::receive_condition;

namespace {

constexpr std::chrono::milliseconds a_moment{30};

std::string longer_than_a_slot() { return std::string(100, 'x'); }

} // namespace

TEST_CASE("stand-in: row 11, the control length of a truncated datagram, either way") {
  const auto left = GENERATE(from_range(all_left_lengths));
  const bool waits_before = GENERATE(true, false);
  CAPTURE(static_cast<int>(left), waits_before);
  machine m(windows_profile::windows_11);
  m.windows.now.control_length_when_truncated = left;
  m.open("127.0.0.1", {.metadata = ancillary::require({field::destination, field::hop_limit}),
                       .payload_capacity = 16});
  m.sender().set_option(asio::ip::unicast::hops(33));
  if (!waits_before) {
    m.start();
    m.run_for(a_moment);
  }
  for (int i = 0; i < 3; ++i) {
    m.send("whole"); // its messages remain in the slot of the next datagram
    m.send(longer_than_a_slot());
  }
  if (waits_before) {
    m.start();
  }
  REQUIRE(m.receives(6));
  for (std::size_t i = 0; i < 6; ++i) {
    const bool is_cut = i % 2 == 1;
    CHECK(m.seen[i].payload_truncated == is_cut);
    CHECK_FALSE(m.seen[i].control_malformed);
    const bool has_metadata = !is_cut || left == left_length::used_bytes;
    CHECK((m.seen[i].metadata.hop_limit == 33) == has_metadata);
    CHECK(m.seen[i].metadata.destination.has_value() == has_metadata);
  }
}
