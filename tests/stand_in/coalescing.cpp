// Receive offload as on Windows, and as on broken machines, on real sockets through a stand-in.
#include "machine.hpp"

#include <cstddef>
#include <numeric>
#include <span>

using namespace ancillary_test;
using ancillary::unmarked_coalescing;

namespace {

// Datagrams that are pending when receiving starts are coalesced.
void open_with(machine& m, const std::vector<std::string>& waiting,
               ancillary::coalescing_guard guard = {}, std::size_t payload_capacity = 0) {
  m.open("127.0.0.1", {.metadata = ancillary::require({field::segment_bytes}),
                       .batch = 128, // so that all pending datagrams are taken together
                       .payload_capacity = payload_capacity,
                       .guard = std::move(guard)});
  for (const std::string& each : waiting) {
    m.send(each);
  }
  m.start();
}

std::vector<std::string> texts(const machine& m) {
  std::vector<std::string> result;
  for (const auto& each : m.seen) {
    result.push_back(each.text);
  }
  return result;
}

} // namespace

TEST_CASE(
    "stand-in: a coalesced buffer is split by its segment size, the last datagram may be shorter") {
  machine m(windows_profile::windows_11);
  const std::vector<std::string> sent{"aaaa", "bbbb", "cc", "dddd"};
  open_with(m, sent);
  REQUIRE(m.receives(4));
  CHECK(texts(m) == sent);
  CHECK(m.seen[0].metadata.segment_bytes == 4u);
  CHECK_FALSE(m.seen[3].metadata.segment_bytes);
  CHECK(m.receiver().counters().coalesced_buffers == 1);
}

TEST_CASE("stand-in: a buffer may have more than 64 segments") {
  machine m(windows_profile::server_2022);
  std::vector<std::string> sent;
  for (int i = 0; i < 100; ++i) {
    sent.push_back(std::to_string(1000 + i));
  }
  open_with(m, sent);
  REQUIRE(m.receives(100));
  CHECK(texts(m) == sent);
  CHECK(m.receiver().counters().coalesced_buffers == 1);
}

TEST_CASE("stand-in: the default slot holds a whole coalesced buffer") {
  machine m(windows_profile::windows_11);
  const std::vector<std::string> sent(8, std::string(8000, 'x'));
  open_with(m, sent);
  REQUIRE(m.receives(8));
  CHECK(texts(m) == sent);
  CHECK(m.receiver().counters().coalesced_buffers == 1);
  CHECK(m.receiver().counters().payload_truncated == 0);
}

TEST_CASE("stand-in: a smaller slot limits coalescing without truncation") {
  machine m(windows_profile::windows_11);
  const std::vector<std::string> sent(8, std::string(300, 'x'));
  open_with(m, sent, {}, 1000);
  REQUIRE(m.receives(8));
  CHECK(texts(m) == sent);
  CHECK(m.receiver().counters().coalesced_buffers == 3); // of 3, 3 and 2
  CHECK(m.receiver().counters().payload_truncated == 0);
}

TEST_CASE("stand-in: an empty datagram is delivered, also between coalesced ones") {
  machine m(windows_profile::windows_11);
  const std::vector<std::string> sent{"aa", "aa", "", "bb", "", ""};
  open_with(m, sent);
  REQUIRE(m.receives(6));
  CHECK(texts(m) == sent);
}

TEST_CASE("stand-in: nothing is coalesced unless requested") {
  machine m(windows_profile::windows_11);
  m.open("127.0.0.1", {.metadata = ancillary::want({field::destination})});
  m.send("aa");
  m.send("bb");
  m.start();
  REQUIRE(m.receives(2));
  CHECK(m.receiver().counters().coalesced_buffers == 0);
  CHECK_FALSE(m.socket().coalesces());
}

TEST_CASE("stand-in: without a segment size, several datagrams look like one") {
  machine m(windows_profile::windows_11);
  m.windows.now.marks_coalesced = false;
  open_with(m, {std::string(1270, 'a'), std::string(1270, 'b')});
  REQUIRE(m.receives(1));
  CHECK(m.seen[0].text.size() == 2540); // as reported from the field
  CHECK_FALSE(m.seen[0].coalesced_unmarked);
}

TEST_CASE("stand-in: a coalescing guard detects missing segment sizes and disables coalescing "
          "within one datagram") {
  const auto choice = GENERATE(unmarked_coalescing::hand_over, unmarked_coalescing::drop);
  machine m(windows_profile::windows_11);
  m.windows.now.marks_coalesced = false;
  open_with(m, {std::string(1270, 'a'), std::string(1270, 'b')},
            {.largest_datagram_bytes = 1472, .on_detection = choice});
  REQUIRE(m.run_until([&] { return m.receiver().counters().unmarked_coalesced == 1; }));
  CHECK_FALSE(m.socket().coalesces());
  const bool is_dropped = choice == unmarked_coalescing::drop;
  CHECK(m.receiver().counters().unmarked_dropped == (is_dropped ? 1 : 0));
  const std::size_t before = m.seen.size();
  CHECK(before == (is_dropped ? 0 : 1));
  for (int i = 0; i < 20; ++i) {
    m.send(std::string(1270, 'c'));
  }
  REQUIRE(m.receives(before + 20));
  for (const auto& each : std::span(m.seen).subspan(before)) {
    CHECK(each.text.size() == 1270);
    CHECK_FALSE(each.coalesced_unmarked);
  }
  CHECK(m.receiver().counters().unmarked_coalesced == 1);
}

TEST_CASE("stand-in: a coalescing guard keeps detecting if the system continues to coalesce") {
  machine m(windows_profile::windows_11);
  m.windows.now.marks_coalesced = false;
  m.windows.now.obeys_end_of_coalescing = false;
  open_with(m, {"aaaa", "aaaa", "bbb", "cc", "cc"}, {.largest_datagram_bytes = 4});
  REQUIRE(m.run_until([&] { return m.receiver().counters().unmarked_coalesced >= 1; }));
  const auto length = std::accumulate(
      m.seen.begin(), m.seen.end(), std::size_t{0},
      [](std::size_t sum, const seen_packet& each) { return sum + each.text.size(); });
  CHECK(length == 15);
  for (const auto& each : m.seen) {
    CHECK(each.coalesced_unmarked == (each.text.size() > 4));
  }
}

TEST_CASE("stand-in: a coalescing guard ignores buffers with a segment size") {
  machine m(windows_profile::windows_11);
  open_with(m, std::vector<std::string>(40, std::string(1270, 'a')),
            {.largest_datagram_bytes = 1472, .by_interface_mtu = true});
  REQUIRE(m.receives(40));
  CHECK(m.receiver().counters().unmarked_coalesced == 0);
  CHECK(m.receiver().counters().coalesced_buffers >= 1);
  CHECK(m.socket().coalesces());
}
