// Parts of the tools without sockets: the picture of the live view, quantities, histograms, the
// limit of lines, names of DSCPs.
#include "examples/receiver/histogram.hpp"
#include "examples/receiver/line_limit.hpp"
#include "examples/receiver/quantity.hpp"
#include "examples/receiver/top_frame.hpp"
#include "examples/tool_support/dscp_names.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace {

tool::top_frame example() {
  tool::top_frame frame;
  frame.title = "receiver 0.0.0.0:9000 by peer, 12 s";
  frame.state = "receive queue 3% full, dropped 0/s (0)";
  frame.name_title = "peer";
  tool::top_counts counts;
  counts.datagrams = 123'456;
  counts.bytes = 7'901'184;
  counts.interval_datagrams = 2'000;
  counts.interval_bytes = 128'000;
  counts.with_ecn = 1'000;
  counts.ce = 5;
  counts.ect = 330;
  counts.least_ttl = 63;
  counts.most_ttl = 64;
  counts.least_bytes = counts.most_bytes = 64;
  frame.rows.push_back({"192.0.2.1:5000", counts});
  frame.rows.push_back({"[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:65535", counts});
  frame.rest_name = "others";
  frame.total = counts;
  frame.interval_seconds = 2;
  return frame;
}

} // namespace

TEST_CASE("live view: a wide picture has all columns") {
  const auto lines = tool::lines_of(example(), 120);
  REQUIRE(lines.size() == tool::fixed_lines + 2);
  CHECK(lines[2].find("dgram/s  bit/s  total  bytes     ttl  ce% ect%     size") !=
        std::string::npos);
  CHECK(lines[3].find("192.0.2.1:5000") == 0);
  CHECK(lines[3].find("1.00k   512k   123k  7.90M   63-64   <1   33       64") !=
        std::string::npos);
  CHECK(lines[4].find("[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:65535 ") == 0);
  CHECK(lines[5].find("others") == 0);
  CHECK(lines[5].find("0      0      0      0       -    -    -        -") != std::string::npos);
  CHECK(lines[6].find("total") == 0);
}

TEST_CASE("live view: no line is longer than the width, and the rates stay longest") {
  for (std::size_t width = 1; width < 140; ++width) {
    const auto lines = tool::lines_of(example(), width);
    REQUIRE(lines.size() == tool::fixed_lines + 2);
    CHECK(std::ranges::all_of(lines,
                              [width](const std::string& line) { return line.size() <= width; }));
  }
  const auto narrow = tool::lines_of(example(), 39);
  CHECK(narrow[2].find("dgram/s") != std::string::npos);
  CHECK(narrow[2].find("ce%") != std::string::npos);
  CHECK(narrow[2].find("bytes") == std::string::npos);
  CHECK(narrow[4].find("[2001") == 0);
  CHECK(narrow[4].find("~]:65535 ") != std::string::npos);
}

TEST_CASE("quantity: three digits and a unit") {
  CHECK(tool::quantity(0) == "0");
  CHECK(tool::quantity(999.4) == "999");
  CHECK(tool::quantity(999.6) == "1.00k");
  CHECK(tool::quantity(1'234) == "1.23k");
  CHECK(tool::quantity(9'996) == "10.0k");
  CHECK(tool::quantity(45'600'000) == "45.6M");
  CHECK(tool::quantity(99'960'000) == "100M");
  CHECK(tool::quantity(7e9) == "7.00G");
}

TEST_CASE("percentage: a small share is not zero, and a share of nothing is unknown") {
  CHECK(tool::percentage(0, 10) == "0");
  CHECK(tool::percentage(1, 1'000'000) == "<1");
  CHECK(tool::percentage(999, 1'000) == "99");
  CHECK(tool::percentage(10, 10) == "100");
  CHECK(tool::percentage(0, 0) == "-");
}

TEST_CASE("histogram: ranges are powers of two, and each number is in its own") {
  tool::log2_histogram histogram;
  CHECK(histogram.text("bytes").empty());
  for (const std::uint64_t number : {0ULL, 1ULL, 2ULL, 3ULL, 4ULL, 7ULL}) {
    histogram.add(number);
  }
  const std::string text = histogram.text("bytes");
  CHECK(std::ranges::count(text, '\n') == 4);
  CHECK(text.find(" 0 bytes           1  ") != std::string::npos);
  CHECK(text.find(" 2 - 3 bytes           2  ####") != std::string::npos);
  CHECK(text.find(" 4 - 7 bytes           2  ####") != std::string::npos);

  tool::log2_histogram extremes;
  extremes.add(64);
  extremes.add(std::numeric_limits<std::uint64_t>::max());
  const std::string wide = extremes.text("us");
  CHECK(wide.find(" 64 - 127 us ") != std::string::npos);
  CHECK(wide.find("9223372036854775808 - 18446744073709551615 us ") != std::string::npos);
  CHECK(std::ranges::count(wide, '\n') == 64 - 7 + 1);
}

TEST_CASE("line limit: each second admits its number of lines") {
  using namespace std::chrono_literals;
  tool::line_limit limit(3);
  const tool::line_limit::time_point start{1'000s};
  CHECK(limit.admit(2, start) == 2);
  CHECK(limit.admit(2, start + 999ms) == 1);
  CHECK(limit.admit(2, start + 999ms) == 0);
  CHECK(limit.admit(5, start + 1s) == 3);
  CHECK(limit.admit(1, start + 1'500ms) == 0);
  CHECK(limit.admit(1, start + 7s) == 1);
  tool::line_limit none(std::nullopt);
  CHECK(none.admit(1'000'000, start) == 1'000'000);
}

TEST_CASE("DSCP names: each name is the value's own") {
  for (int dscp = 0; dscp < 64; ++dscp) {
    const std::string name = tool::dscp_name(static_cast<std::uint8_t>(dscp));
    if (!name.empty()) {
      CHECK(tool::find_dscp(name) == static_cast<std::uint8_t>(dscp));
    }
  }
  CHECK(tool::find_dscp("ef") == std::uint8_t{46});
  CHECK(tool::find_dscp("af11") == std::uint8_t{10});
  CHECK(tool::find_dscp("af43") == std::uint8_t{38});
  CHECK(tool::find_dscp("cs0") == std::uint8_t{0});
  CHECK(tool::find_dscp("cs7") == std::uint8_t{56});
  CHECK(!tool::find_dscp("cs8"));
  CHECK(!tool::find_dscp("af14"));
  CHECK(!tool::find_dscp("EF"));
  CHECK(tool::dscp_name(3).empty());
}
