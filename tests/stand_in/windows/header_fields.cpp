// Which header fields Windows accepts from a program is unknown (docs/windows.md, rows 3 to 6 and
// 12): a reply leaves in either case and keeps its source address.
#include "../machine.hpp"

#include <array>
#include <string>

using namespace ancillary_test;
using ancillary::ecn_codepoint;
using ancillary::traffic_class;

namespace {

constexpr traffic_class expedited{0xb8 | 2};

// Answers each datagram with these options; returns the replies to `count` datagrams sent one by
// one.
void exchange(machine& m, const ancillary::reply_options& options, std::size_t count,
              const ancillary::receive_options& receive = {
                  .metadata = ancillary::require({field::destination})}) {
  m.answer = [options](const packet& request) { request.reply(request.payload(), options); };
  m.listen("127.0.0.1", receive);
  for (std::size_t i = 1; i <= count; ++i) {
    m.send("x");
    REQUIRE(m.run_until([&] { return m.windows.departures.size() == i; }));
  }
  CHECK(m.receiver().reply_counters().errors == 0);
  CHECK(m.receiver().reply_counters().without_source == 0);
  CHECK(m.receiver().reply_counters().without_interface == 0);
  for (const departure& each : m.windows.departures) {
    CHECK(each.asked.destination);
  }
}

} // namespace

namespace {

// What WSASendMsg and the trial of the option say to a traffic class. They may differ.
struct class_answers {
  bool trial_taken = GENERATE(true, false);
  sent_message octet = GENERATE(from_range(all_sent_messages));
  sent_message ecn = GENERATE(from_range(all_sent_messages));

  void apply_to(machine& m) const {
    m.windows.now.octet_option_is_taken = trial_taken;
    m.windows.now.octet_is_sent = octet;
    m.windows.now.ecn_is_sent = ecn;
  }
  [[nodiscard]] std::string text() const {
    constexpr std::array names{"taken", "ignored", "refused"};
    return std::string("trial ") + (trial_taken ? "taken" : "refused") + ", IP_TOS " +
           names[static_cast<std::size_t>(octet)] + ", IP_ECN " +
           names[static_cast<std::size_t>(ecn)];
  }
  [[nodiscard]] bool takes_octet() const { return octet != sent_message::refused; }
  [[nodiscard]] bool takes_ecn() const { return ecn != sent_message::refused; }
};

} // namespace

TEST_CASE("stand-in: row 3, a traffic class is sent as IP_TOS, IP_ECN or not at all, either way, "
          "whether or not the trial agrees") {
  const class_answers windows;
  INFO(windows.text());
  machine m(windows_profile::windows_11);
  windows.apply_to(m);
  exchange(m, {.traffic_class = expedited}, 3);
  const bool as_octet = windows.takes_octet() && (windows.trial_taken || !windows.takes_ecn());
  const bool as_ecn = !as_octet && windows.takes_ecn();
  for (const departure& each : m.windows.departures) {
    CHECK(each.asked.traffic_class.has_value() == as_octet);
    CHECK((each.asked.ecn == ecn_codepoint::ect0) == (as_octet || as_ecn));
  }
  const auto replies = m.receiver().reply_counters();
  CHECK(replies.without_traffic_class == (as_octet ? 0u : 3u));
  // A refused message is tried only once.
  const bool first_refused = windows.trial_taken ? !windows.takes_octet() : !windows.takes_ecn();
  const bool both_refused = !windows.takes_octet() && !windows.takes_ecn();
  CHECK(replies.calls == 3u + (first_refused ? 1u : 0u) + (both_refused ? 1u : 0u));
}

TEST_CASE("stand-in: row 3, DSCP without ECN is sent as IP_TOS or not at all, either way, whether "
          "or not the trial agrees") {
  const class_answers windows;
  INFO(windows.text());
  machine m(windows_profile::windows_11);
  windows.apply_to(m);
  exchange(m, {.traffic_class = traffic_class{0xb8}}, 3);
  const bool is_sent = windows.trial_taken && windows.takes_octet();
  for (const departure& each : m.windows.departures) {
    CHECK(each.asked.traffic_class.has_value() == is_sent);
  }
  CHECK(m.receiver().reply_counters().without_traffic_class == (is_sent ? 0u : 3u));
}

TEST_CASE("stand-in: row 3, ECN alone is sent as IP_ECN, IP_TOS or not at all, either way, whether "
          "or not the trial agrees") {
  const class_answers windows;
  INFO(windows.text());
  machine m(windows_profile::windows_11);
  windows.apply_to(m);
  exchange(m, {.ecn = ecn_codepoint::ect1}, 3);
  const bool as_octet = !windows.takes_ecn() && windows.takes_octet();
  const bool is_sent = windows.takes_ecn() || as_octet;
  for (const departure& each : m.windows.departures) {
    CHECK(each.asked.traffic_class.has_value() == as_octet);
    CHECK((each.asked.ecn == ecn_codepoint::ect1) == is_sent);
  }
  const auto replies = m.receiver().reply_counters();
  CHECK(replies.without_traffic_class == (is_sent ? 0u : 3u));
  CHECK(replies.calls == 3u + (windows.takes_ecn() ? 0u : 1u) + (is_sent ? 0u : 1u));
}

TEST_CASE("stand-in: row 3, once the system took IP_TOS, DSCP is sent although the trial failed") {
  machine m(windows_profile::windows_11);
  m.windows.now.octet_option_is_taken = false;
  m.windows.now.ecn_is_sent = sent_message::refused;
  bool asks_for_ecn = true;
  m.answer = [&](const packet& request) {
    request.reply(request.payload(),
                  {.traffic_class = asks_for_ecn ? expedited : traffic_class{8}});
    asks_for_ecn = false;
  };
  m.listen("127.0.0.1", {});
  m.send("x");
  m.send("x");
  REQUIRE(m.run_until([&] { return m.windows.departures.size() == 2; }));
  CHECK(m.windows.departures[0].asked.traffic_class == expedited);
  CHECK(m.windows.departures[1].asked.traffic_class == traffic_class{8});
  CHECK(m.receiver().reply_counters().without_traffic_class == 0);
}

TEST_CASE(
    "stand-in: row 4, a hop limit is sent or not, either way, and the traffic class is sent") {
  const auto hop_limit = GENERATE(from_range(all_sent_messages));
  const auto octet = GENERATE(from_range(all_sent_messages));
  CAPTURE(static_cast<int>(hop_limit), static_cast<int>(octet));
  machine m(windows_profile::windows_11);
  m.windows.now.hop_limit_is_sent = hop_limit;
  m.windows.now.octet_is_sent = octet;
  exchange(m, {.hop_limit = 77, .traffic_class = expedited}, 3);
  const bool refused = hop_limit == sent_message::refused;
  const departure& last = m.windows.departures[2];
  CHECK(last.asked.hop_limit.has_value() == !refused);
  CHECK(last.asked.traffic_class.has_value() == (octet != sent_message::refused));
  CHECK(last.asked.ecn == ecn_codepoint::ect0);
  CHECK(m.receiver().reply_counters().without_hop_limit == (refused ? 3u : 0u));
}

TEST_CASE("stand-in: row 12, a refused segment size is remembered, and the source is kept") {
  machine m(windows_profile::windows_11);
  m.windows.now.segments_are_sent = false;
  m.answer = [](const packet& request) {
    request.reply(request.payload());
    request.reply(request.payload());
  };
  m.listen("127.0.0.1",
           {.metadata = ancillary::require({field::destination}), .segment_replies = true});
  for (std::size_t i = 1; i <= 3; ++i) {
    m.send("x");
    REQUIRE(m.run_until([&] { return m.windows.departures.size() == 2 * i; }));
  }
  for (const departure& each : m.windows.departures) {
    CHECK(each.asked.destination);
  }
  const auto replies = m.receiver().reply_counters();
  CHECK(replies.segments_refused == 1);
  CHECK(replies.calls == 7);
  CHECK(replies.without_source == 0);
}
