// Replies leave from the request's destination address, with the caller's ECN.
#include "machine.hpp"

#include <array>

using namespace ancillary_test;
using ancillary::ecn_codepoint;
using ancillary::traffic_class;

namespace {

const ancillary::field_set for_replies{field::destination, field::interface_index,
                                       field::traffic_class};

} // namespace

TEST_CASE("stand-in: replies leave with source and ECN, for each socket family") {
  const auto [listen, from] = GENERATE(table<const char*, const char*>({{"0.0.0.0", "127.0.0.1"},
                                                                        {"127.0.0.1", "127.0.0.1"},
                                                                        {"::1", "::1"},
                                                                        {"::", "::1"},
                                                                        {"::", "127.0.0.1"}}));
  CAPTURE(listen, from);
  NEEDS_IPV6_FOR(listen)
  machine m(windows_profile::windows_11);
  m.answer = [](const packet& request) {
    request.reply(request.payload(), {.ecn = ecn_codepoint::ect1});
  };
  m.listen(listen, {.metadata = ancillary::require(for_replies),
                    .dual_stack = std::string_view(listen) == "::"});
  m.send("x", from);
  REQUIRE(m.run_until([&] { return !m.windows.departures.empty(); }));
  const departure& reply = m.windows.departures[0];
  CHECK(reply.payload == "x");
  REQUIRE(reply.asked.destination);
  CHECK(to_string(reply.asked.destination->unmapped()) == from);
  CHECK(reply.asked.ecn.value_or(reply.asked.traffic_class.value_or(traffic_class{}).ecn()) ==
        ecn_codepoint::ect1);
  CHECK(m.receiver().reply_counters().datagrams == 1);
  CHECK(m.receiver().reply_counters().errors == 0);
}

TEST_CASE("stand-in: row 5, a reply never sends CE: a request's CE becomes ECT(0)") {
  machine m(windows_profile::windows_11);
  m.answer = [](const packet& request) {
    request.reply(request.payload(), {.traffic_class = traffic_class{0xb8 | 3}});
    request.reply(request.payload(), {.ecn = ecn_codepoint::ce});
  };
  m.listen("127.0.0.1", {.metadata = ancillary::require(for_replies)});
  m.send("x");
  REQUIRE(m.run_until([&] { return m.windows.departures.size() == 2; }));
  const auto& first = m.windows.departures[0].asked;
  REQUIRE(first.traffic_class);
  CHECK(first.traffic_class->value == (0xb8 | 2));
  const auto& second = m.windows.departures[1].asked;
  CHECK(second.ecn.value_or(second.traffic_class.value_or(traffic_class{}).ecn()) ==
        ecn_codepoint::ect0);
  CHECK(m.receiver().reply_counters().errors == 0);
}
