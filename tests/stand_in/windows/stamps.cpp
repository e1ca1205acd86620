#include "../machine.hpp"
#include <ancillary/recvmsg/timestamp.hpp>

using namespace ancillary_test;
using namespace std::chrono;

TEST_CASE("stand-in: row 7, a performance counter timestamp is the time of reception") {
  machine m(windows_profile::windows_11);
  m.listen("127.0.0.1", {.metadata = ancillary::require({field::timestamp})});
  const auto before = system_clock::now().time_since_epoch();
  m.send("x");
  REQUIRE(m.receives(1));
  REQUIRE(m.seen[0].metadata.timestamp);
  const auto at = ancillary::time_since_unix_epoch(*m.seen[0].metadata.timestamp);
  REQUIRE(at);
  const auto tick = milliseconds(50); // of the system clock, and of Wine's
  CHECK(*at >= before - tick);
  CHECK(*at <= system_clock::now().time_since_epoch() + tick);
}

TEST_CASE("a timestamp in the future or long past is not a performance counter value") {
  LARGE_INTEGER frequency;
  LARGE_INTEGER counter;
  ::QueryPerformanceFrequency(&frequency);
  ::QueryPerformanceCounter(&counter);
  const auto time_of = [](LONGLONG ticks) {
    return ancillary::time_since_unix_epoch(
        {ancillary::timestamp_clock::performance_counter, ticks});
  };
  CHECK(time_of(counter.QuadPart));
  CHECK_FALSE(time_of(counter.QuadPart + 3600 * frequency.QuadPart));
  CHECK_FALSE(time_of(counter.QuadPart - 3700 * frequency.QuadPart));
  CHECK_FALSE(time_of(-1));
  CHECK_FALSE(time_of(std::numeric_limits<LONGLONG>::max()));
}
