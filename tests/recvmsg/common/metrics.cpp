// The text formats are those of prometheus.io/docs/instrumenting/exposition_formats and of the
// OpenMetrics specification 1.0; examples/metrics_server.py has Prometheus' own tools read a page.
#include "support/catch.hpp"
#include <ancillary/recvmsg/lanes.hpp>
#include <ancillary/recvmsg/metrics.hpp>
#include <ancillary/recvmsg/receiver.hpp>

#include <algorithm>
#include <array>
#include <asio/io_context.hpp>
#include <bit>
#include <cstdint>
#include <locale>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using ancillary::metrics_format;
using ancillary::metrics_source;
using Catch::Matchers::ContainsSubstring;

std::string page_of(const std::vector<metrics_source>& sources,
                    metrics_format format = metrics_format::prometheus) {
  std::ostringstream out;
  ancillary::write_metrics(out, sources, format);
  return out.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
  }
  return lines;
}

// A struct of 64-bit numbers with a different value in each.
template <class Counters>
Counters numbered(std::uint64_t first) {
  static_assert(sizeof(Counters) % 8 == 0);
  std::array<std::uint64_t, sizeof(Counters) / 8> numbers;
  for (auto& each : numbers) {
    each = first++;
  }
  return std::bit_cast<Counters>(numbers);
}

} // namespace

TEST_CASE("metrics: every counter is on the page, once") {
  metrics_source source;
  source.received = numbered<ancillary::receive_counters>(1000);
  source.replies = numbered<ancillary::send_counters>(2000);
  std::multiset<std::string> values;
  for (const std::string& line : lines_of(page_of({source}))) {
    if (!line.starts_with('#')) {
      values.insert(line.substr(line.find_last_of(' ') + 1));
    }
  }
  const auto wait = static_cast<std::uint64_t>(source.received.longest_pool_wait.count());
  std::multiset<std::string> expected;
  for (std::uint64_t i = 0; i < sizeof(ancillary::receive_counters) / 8; ++i) {
    const std::uint64_t value = 1000 + i;
    if (value == source.received.errors[0]) {
      continue; // condition none: never counted
    }
    expected.insert(value == wait ? "0.00000" + std::to_string(value) : std::to_string(value));
  }
  for (std::uint64_t i = 0; i < sizeof(ancillary::send_counters) / 8; ++i) {
    expected.insert(std::to_string(2000 + i));
  }
  CHECK(values == expected);
}

TEST_CASE("metrics: gauges of the buffers, where they are known") {
  metrics_source source;
  CHECK(page_of({source}).find("receive_slots") == std::string::npos);
  source.occupancy = ancillary::receive_occupancy{64, 3, std::nullopt};
  std::string page = page_of({source});
  CHECK_THAT(page, ContainsSubstring("# TYPE ancillary_receive_slots gauge\n"
                                     "ancillary_receive_slots 64\n"));
  CHECK_THAT(page, ContainsSubstring("\nancillary_receive_slots_held 3\n"));
  CHECK(page.find("receive_queue") == std::string::npos);
  source.occupancy->queue = {{1280, 425'984}};
  page = page_of({source});
  CHECK_THAT(page, ContainsSubstring("\nancillary_receive_queue_bytes 1280\n"));
  CHECK_THAT(page, ContainsSubstring("\nancillary_receive_queue_capacity_bytes 425984\n"));
}

TEST_CASE("metrics: the lines of both formats") {
  metrics_source source;
  source.received.datagrams = 18'446'744'073'709'551'615u;
  source.received.longest_pool_wait = std::chrono::nanoseconds(2'000'000'003);
  source.received.errors[std::size_t(ancillary::receive_condition::port_unreachable)] = 7;
  source.labels = {{"server", "a\"b\\c\nd"}};
  const std::string older = page_of({source});
  CHECK_THAT(older, ContainsSubstring(
                        "# HELP ancillary_receive_datagrams_total Datagrams received from the "
                        "system\n# TYPE ancillary_receive_datagrams_total counter\n"
                        "ancillary_receive_datagrams_total{server=\"a\\\"b\\\\c\\nd\"} "
                        "18446744073709551615\n"));
  CHECK_THAT(older,
             ContainsSubstring("# TYPE ancillary_receive_longest_pool_wait_seconds gauge\n"));
  CHECK_THAT(older, ContainsSubstring("} 2.000000003\n"));
  CHECK_THAT(older, ContainsSubstring(
                        "ancillary_receive_errors_total{server=\"a\\\"b\\\\c\\nd\",condition="
                        "\"port_unreachable\"} 7\n"));
  CHECK(older.find("# EOF") == std::string::npos);
  CHECK(older.back() == '\n');

  const std::string newer = page_of({source}, metrics_format::openmetrics);
  CHECK_THAT(newer, ContainsSubstring("# TYPE ancillary_receive_datagrams counter\n"
                                      "ancillary_receive_datagrams_total{"));
  CHECK(newer.ends_with("\n# EOF\n"));
  CHECK(page_of({}).empty());
  CHECK(page_of({}, metrics_format::openmetrics) == "# EOF\n");
}

TEST_CASE("metrics: one HELP and one TYPE line for all sources of a counter") {
  std::vector<metrics_source> sources(3);
  for (std::size_t i = 0; i < 3; ++i) {
    sources[i].lane = i;
  }
  std::set<std::string> heads;
  for (const std::string& line : lines_of(page_of(sources))) {
    if (line.starts_with("# ")) {
      CHECK(heads.insert(line.substr(0, line.find(' ', 7))).second);
    }
  }
  CHECK_THAT(page_of(sources), ContainsSubstring("ancillary_reply_calls_total{lane=\"0\"} 0\n"
                                                 "ancillary_reply_calls_total{lane=\"1\"} 0\n"
                                                 "ancillary_reply_calls_total{lane=\"2\"} 0\n"));
}

TEST_CASE("metrics: statistics are histograms") {
  std::vector<metrics_source> sources(2);
  sources[0].lane = 0;
  sources[1].lane = 1;
  auto& measured = sources[1].statistics.emplace();
  measured.turn_times.counts[0] = 1;
  measured.turn_times.counts[30] = 2; // up to 1.07 s
  measured.turn_times.counts.back() = 4;
  measured.turn_times.sum = 1'000'000'000'005;
  const std::string page = page_of(sources);
  CHECK_THAT(page, ContainsSubstring("# TYPE ancillary_receive_turn_seconds histogram\n"
                                     "ancillary_receive_turn_seconds_bucket{lane=\"1\",le="
                                     "\"0.000000000\"} 1\n"));
  CHECK_THAT(page, ContainsSubstring("{lane=\"1\",le=\"0.536870911\"} 1\n"));
  CHECK_THAT(page, ContainsSubstring("{lane=\"1\",le=\"1.073741823\"} 3\n"));
  CHECK_THAT(page, ContainsSubstring("{lane=\"1\",le=\"+Inf\"} 7\n"
                                     "ancillary_receive_turn_seconds_sum{lane=\"1\"} "
                                     "1000.000000005\n"
                                     "ancillary_receive_turn_seconds_count{lane=\"1\"} 7\n"));
  // OpenMetrics 1.0: "le" is a floating-point number.
  CHECK_THAT(page, ContainsSubstring("batch_size_bucket{lane=\"1\",le=\"1\"} 0\n"));
  CHECK_THAT(page_of(sources, metrics_format::openmetrics),
             ContainsSubstring("batch_size_bucket{lane=\"1\",le=\"1.0\"} 0\n"));
}

TEST_CASE("metrics: labels that a collector would refuse are refused") {
  for (const char* const name :
       {"", "1st", "__name", "a-b", "lane", "condition", "le", "\xc3\xa4", "a b"}) {
    CAPTURE(name);
    metrics_source source;
    source.labels = {{name, "x"}};
    std::ostringstream out;
    CHECK_THROWS_AS(ancillary::write_metrics(out, {&source, 1}), std::invalid_argument);
    CHECK(out.str().empty());
  }
  metrics_source twice;
  twice.labels = {{"a", "1"}, {"b", "2"}, {"a", "3"}};
  CHECK_THROWS_AS(page_of({twice}), std::invalid_argument);

  metrics_source one, other;
  one.labels = {{"a", "1"}, {"b", "2"}};
  other.labels = {{"b", "2"}, {"a", "1"}};
  CHECK_THROWS_WITH(page_of({one, other}),
                    ContainsSubstring("two sources have the labels {a=\"1\",b=\"2\"}"));
  other.lane = 0;
  CHECK_NOTHROW(page_of({one, other}));
}

TEST_CASE("metrics: a stream's locale and format do not change the numbers") {
  struct grouped : std::numpunct<char> {
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  metrics_source source;
  source.received.datagrams = 1'234'567;
  std::ostringstream out;
  out.imbue(std::locale(std::locale::classic(), new grouped));
  out << std::hex << std::showbase;
  ancillary::write_metrics(out, {&source, 1});
  CHECK_THAT(out.str(), ContainsSubstring("ancillary_receive_datagrams_total 1234567\n"));
}

TEST_CASE("metrics: of a receiver, and of each lane") {
  asio::io_context io;
  const auto ignore = [](const ancillary::packet&) {};
  const asio::ip::udp::endpoint any(asio::ip::make_address("127.0.0.1"), 0);
  ancillary::receiver receiver(io, any, ignore);
  auto sources = ancillary::metrics_of(receiver, {{"server", "dns"}});
  REQUIRE(sources.size() == 1);
  CHECK_FALSE(sources[0].lane);
  CHECK(sources[0].labels[0].value == "dns");

  ancillary::lanes lanes(any, ignore, {.count = 2});
  const auto more = ancillary::metrics_of(lanes);
  REQUIRE(more.size() == 2);
  CHECK(more[1].lane == 1);
  sources.insert(sources.end(), more.begin(), more.end());
  CHECK_THAT(page_of(sources),
             ContainsSubstring("ancillary_receive_wakeups_total{server=\"dns\"} 0\n"
                               "ancillary_receive_wakeups_total{lane=\"0\"} 0\n"));
}
