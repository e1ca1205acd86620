// A guard with a scripted driver: what it detects, what it ignores, and what happens to a finding.
#include "support/catch.hpp"
#include "support/scripted_control.hpp"
#include "support/scripted_receiver.hpp"
#include <ancillary/recvmsg/coalescing_guard.hpp>

#include <random>

using namespace ancillary_test;
using ancillary::coalescing_guard;
using ancillary::field;
using ancillary::packet;
using ancillary::unmarked_coalescing;

namespace {

std::vector<std::byte> marked(std::uint32_t segment_bytes) {
  return control([&](auto& builder) { builder.segment_bytes(segment_bytes); });
}

struct seen_packet {
  std::string text;
  bool unmarked;
  friend bool operator==(const seen_packet&, const seen_packet&) = default;
};

struct collector {
  std::vector<seen_packet>* seen;
  void operator()(const packet& p) const { seen->push_back({text_of(p), p.coalesced_unmarked()}); }
};

scripted_settings guarded_by(coalescing_guard guard) {
  return {.payload_capacity = 65535,
          .granted = {field::segment_bytes},
          .shape = each_shape(),
          .guard = std::move(guard)};
}

} // namespace

TEST_CASE("coalescing guard: a datagram above the caller's limit is flagged and counted, and "
          "coalescing is disabled",
          "[coalescing_guard]") {
  asio::io_context io;
  std::vector<seen_packet> seen;
  scripted_receiver receiver(io, collector{&seen}, guarded_by({.largest_datagram_bytes = 4}));
  receiver.traffic().datagram("four").datagram("fiver").datagram("sixsix").datagram("one");
  receiver.start();
  io.poll();
  CHECK(seen == std::vector<seen_packet>{
                    {"four", false}, {"fiver", true}, {"sixsix", true}, {"one", false}});
  CHECK(receiver.counters().unmarked_coalesced == 2);
  CHECK(receiver.counters().unmarked_dropped == 0);
  CHECK(receiver.traffic().stops_of_coalescing == 1);
}

TEST_CASE("coalescing guard: coalescing is disabled before the next receive",
          "[coalescing_guard]") {
  asio::io_context io;
  int stops_when_handed_over = -1;
  script* traffic = nullptr;
  scripted_receiver receiver(
      io,
      [&](const packet& p) {
        if (p.coalesced_unmarked()) {
          stops_when_handed_over = traffic->stops_of_coalescing;
          CHECK(traffic->left() == 1);
        }
      },
      {.batch = 1, .granted = {field::segment_bytes}, .guard = {.largest_datagram_bytes = 4}});
  traffic = &receiver.traffic();
  receiver.traffic().datagram("fiver").datagram("next");
  receiver.start();
  io.poll();
  CHECK(stops_when_handed_over == 1);
}

TEST_CASE("coalescing guard: dropped buffers are counted, the others keep their order",
          "[coalescing_guard]") {
  asio::io_context io;
  std::vector<seen_packet> seen;
  scripted_receiver receiver(
      io, collector{&seen},
      guarded_by({.largest_datagram_bytes = 2, .on_detection = unmarked_coalescing::drop}));
  auto& traffic = receiver.traffic();
  for (int round = 0; round < 5; ++round) {
    traffic.datagram("a").datagram("long").datagram("b").datagram("longer").datagram("longest");
    traffic.datagram("ccdd", marked(2)).datagram("e");
  }
  traffic.datagram("the end");
  receiver.start();
  io.poll();
  std::vector<seen_packet> expected;
  for (int round = 0; round < 5; ++round) {
    for (const char* const text : {"a", "b", "cc", "dd", "e"}) {
      expected.push_back({text, false});
    }
  }
  CHECK(seen == expected);
  CHECK(receiver.counters().unmarked_coalesced == 16);
  CHECK(receiver.counters().unmarked_dropped == 16);
}

TEST_CASE("coalescing guard: the loop continues after a batch whose buffers were all dropped",
          "[coalescing_guard]") {
  asio::io_context io;
  std::vector<seen_packet> seen;
  scripted_receiver receiver(
      io, collector{&seen},
      {.batch = 1,
       .granted = {field::segment_bytes},
       .shape = each_shape(),
       .guard = {.largest_datagram_bytes = 2, .on_detection = unmarked_coalescing::drop}});
  receiver.traffic().datagram("long").datagram("long").datagram("a");
  receiver.start();
  io.poll();
  CHECK(seen == std::vector<seen_packet>{{"a", false}});
}

TEST_CASE("coalescing guard: dropping buffers does not release retained slots",
          "[coalescing_guard]") {
  asio::io_context io;
  std::vector<ancillary::retained_packet> kept;
  {
    scripted_receiver receiver(
        io, [&](const packet& p) { kept.push_back(p.retain()); },
        {.batch = 4,
         .retainable = 20,
         .granted = {field::segment_bytes},
         .shape = each_shape(),
         .guard = {.largest_datagram_bytes = 2, .on_detection = unmarked_coalescing::drop}});
    for (int i = 0; i < 10; ++i) {
      receiver.traffic().datagram("lost").datagram(std::to_string(i));
    }
    receiver.start();
    io.poll();
    REQUIRE(kept.size() == 10);
    for (int i = 0; i < 10; ++i) {
      CHECK(text_of(kept[static_cast<std::size_t>(i)]) == std::to_string(i));
    }
    kept.clear();
  }
}

TEST_CASE("coalescing guard: the caller's hook decides by the payload", "[coalescing_guard]") {
  asio::io_context io;
  std::vector<seen_packet> seen;
  std::size_t asked = 0;
  // A protocol whose first byte is the length of the rest.
  const auto holds_several = [&](const packet& p) {
    ++asked;
    return p.payload().size() > 1 + std::to_integer<std::size_t>(p.payload()[0]);
  };
  scripted_receiver receiver(io, collector{&seen}, guarded_by({.holds_several = holds_several}));
  receiver.traffic().datagram("\2ab").datagram("\1a\1b").datagram("\1a\1b", marked(2)).datagram("");
  receiver.start();
  io.poll();
  CHECK(seen ==
        std::vector<seen_packet>{
            {"\2ab", false}, {"\1a\1b", true}, {"\1a", false}, {"\1b", false}, {"", false}});
  CHECK(asked == 2); // marked and empty buffers are not examined
}

TEST_CASE("coalescing guard: disabling is repeated if the system continues to coalesce",
          "[coalescing_guard]") {
  asio::io_context io;
  std::vector<seen_packet> seen;
  scripted_receiver receiver(io, collector{&seen}, guarded_by({.largest_datagram_bytes = 2}));
  receiver.traffic().obeys = false;
  receiver.traffic().datagram("one").datagram("two");
  receiver.start();
  io.poll();
  CHECK(receiver.traffic().stops_of_coalescing == 2);
  receiver.traffic().obeys = true;
  receiver.traffic().datagram("three").datagram("four");
  io.restart();
  io.poll();
  CHECK(receiver.traffic().stops_of_coalescing == 3);
  CHECK(receiver.counters().unmarked_coalesced == 4);
}

TEST_CASE("coalescing guard: inactive unless coalescing was granted", "[coalescing_guard]") {
  asio::io_context io;
  std::vector<seen_packet> seen;
  scripted_receiver receiver(io, collector{&seen}, {.guard = {.largest_datagram_bytes = 2}});
  receiver.traffic().datagram("long");
  receiver.start();
  io.poll();
  CHECK(seen == std::vector<seen_packet>{{"long", false}});
  CHECK(receiver.traffic().stops_of_coalescing == 0);
}

TEST_CASE("coalescing guard: an invalid segment size flags nothing", "[coalescing_guard]") {
  const std::uint32_t segment_bytes = GENERATE(0u, 5u, 0xffffffffu);
  asio::io_context io;
  std::vector<seen_packet> seen;
  scripted_receiver receiver(io, collector{&seen}, guarded_by({.largest_datagram_bytes = 2}));
  receiver.traffic().datagram("abcd", marked(segment_bytes));
  receiver.start();
  io.poll();
  CHECK(seen == std::vector<seen_packet>{{"abcd", true}});
}

TEST_CASE("coalescing guard: jumbo datagrams on the loopback interface are not flagged",
          "[coalescing_guard]") {
  asio::io_context io;
  std::vector<seen_packet> seen;
  // The scripted driver reports 127.0.0.1 as every sender.
  scripted_receiver receiver(io, collector{&seen}, guarded_by({.by_interface_mtu = true}));
  receiver.traffic().datagram(std::string(65507, 'x'));
  receiver.start();
  io.poll();
  REQUIRE(seen.size() == 1);
  CHECK_FALSE(seen[0].unmarked);
}

TEST_CASE("coalescing guard: flags every unmarked buffer and never a marked one",
          "[coalescing_guard]") {
  // Any mixture of single datagrams, marked coalesced buffers, and unmarked ones.
  const auto seed = GENERATE(take(20, random(0, 1 << 30)));
  std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
  const auto between = [&](std::size_t least, std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(least, most)(random);
  };
  const std::size_t limit = between(1, 1500);
  const bool drop = between(0, 1) == 1;
  const auto choice = drop ? unmarked_coalescing::drop : unmarked_coalescing::hand_over;

  asio::io_context io;
  std::vector<std::size_t> seen;
  std::uint64_t flagged = 0;
  scripted_receiver receiver(
      io,
      [&](const packet& p) {
        seen.push_back(p.payload().size());
        flagged += p.coalesced_unmarked() ? 1u : 0u;
      },
      {.batch = between(1, 16),
       .payload_capacity = 65535,
       .granted = {field::segment_bytes},
       .shape = between(0, 1) == 1 ? driver_shape::readiness : driver_shape::completion,
       .guard = {.largest_datagram_bytes = static_cast<std::uint32_t>(limit),
                 .on_detection = choice}});
  std::vector<std::size_t> expected;
  std::uint64_t unmarked = 0;
  for (int i = 0; i < 200; ++i) {
    const std::size_t bytes = between(0, limit);
    const std::size_t count = between(2, std::min<std::size_t>(100, 65535 / (bytes + 1)));
    const std::size_t last = bytes == 0 ? 0 : between(1, bytes);
    const auto kind = between(0, 2);
    if (kind == 0 || bytes == 0) {
      receiver.traffic().datagram(std::string(bytes, 'x'));
      expected.push_back(bytes);
    } else if (kind == 1) {
      receiver.traffic().datagram(std::string(bytes * (count - 1) + last, 'x'),
                                  marked(static_cast<std::uint32_t>(bytes)));
      expected.insert(expected.end(), count - 1, bytes);
      expected.push_back(last);
    } else {
      const std::size_t all = limit + between(1, 65535 - limit);
      receiver.traffic().datagram(std::string(all, 'x'));
      ++unmarked;
      if (!drop) {
        expected.push_back(all);
      }
    }
  }
  receiver.start();
  io.poll();
  CHECK(seen == expected);
  CHECK(flagged == (drop ? 0 : unmarked));
  CHECK(receiver.counters().unmarked_coalesced == unmarked);
  CHECK(receiver.counters().unmarked_dropped == (drop ? unmarked : 0));
}
