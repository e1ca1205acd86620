// Receive timestamps, which Windows does not guarantee (docs/windows.md, row 7).
#include "machine.hpp"
#include <ancillary/recvmsg/timestamp.hpp>

using namespace ancillary_test;

TEST_CASE("stand-in: row 7, a granted timestamp may be absent and does not count as missing") {
  const auto profile = GENERATE(windows_profile::windows_11, windows_profile::server_2022);
  machine m(profile);
  m.windows.now.stamps_are_available = false;
  m.listen("127.0.0.1", {.metadata = ancillary::require({field::timestamp, field::destination})});
  m.send("x");
  REQUIRE(m.receives(1));
  CHECK_FALSE(m.seen[0].metadata.timestamp);
  CHECK(m.receiver().counters().metadata_missing == 0);
}

TEST_CASE("stand-in: row 7, an adapter's timestamp is not read as a performance counter") {
  machine m(windows_profile::windows_11);
  m.windows.now.stamps_in_hardware = true;
  m.listen("127.0.0.1", {.metadata = ancillary::require({field::timestamp})});
  m.send("x");
  REQUIRE(m.receives(1));
  REQUIRE(m.seen[0].metadata.timestamp);
  CHECK_FALSE(ancillary::time_since_unix_epoch(*m.seen[0].metadata.timestamp));
}
