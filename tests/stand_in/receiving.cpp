// How a receive on Windows can end, on real sockets through a stand-in. A datagram that is pending
// when receiving starts completes an overlapped receive at once, a later one completes it later.
#include "machine.hpp"

#include <asio/ip/multicast.hpp>

using namespace ancillary_test;
using ancillary::receive_condition;

namespace {

constexpr std::chrono::milliseconds a_moment{30};

std::string longer_than_a_slot() { return std::string(100, 'x'); }

} // namespace

TEST_CASE(
    "stand-in: row 17, a payload that does not fit is truncated, for each form of WSAEMSGSIZE") {
  const bool waits_before = GENERATE(true, false);
  const bool at_once = GENERATE(true, false);
  CAPTURE(waits_before, at_once);
  machine m(windows_profile::windows_11);
  m.windows.now.truncation_at_once = at_once;
  m.open("127.0.0.1", {.metadata = ancillary::want({field::destination}), .payload_capacity = 16});
  if (waits_before) {
    m.send(longer_than_a_slot());
    m.send(longer_than_a_slot());
    m.start();
  } else {
    m.start();
    m.run_for(a_moment);
    m.send(longer_than_a_slot());
    m.send(longer_than_a_slot());
  }
  REQUIRE(m.receives(2));
  for (const auto& each : m.seen) {
    CHECK(each.text == std::string(16, 'x'));
    CHECK(each.payload_truncated);
    CHECK_FALSE(each.control_truncated);
    CHECK(each.metadata.destination);
  }
  m.send("short");
  REQUIRE(m.receives(3));
  CHECK(m.seen[2].text == "short");
  CHECK_FALSE(m.seen[2].payload_truncated);
  CHECK(m.receiver().counters().payload_truncated == 2);
  CHECK(m.errors.empty());
}

TEST_CASE("stand-in: row 16, control data that does not fit is lost, and the payload is complete") {
  const bool waits_before = GENERATE(true, false);
  const bool at_once = GENERATE(true, false);
  CAPTURE(waits_before, at_once);
  machine m(windows_profile::windows_11);
  m.windows.now.truncation_at_once = at_once;
  // Redirect records that do not fit the control buffer.
  m.windows.now.redirect_records.assign(600, std::byte{7});
  m.open("127.0.0.1", {.metadata = ancillary::want({field::destination})});
  if (waits_before) {
    m.send("one");
    m.send("two");
    m.start();
  } else {
    m.start();
    m.run_for(a_moment);
    m.send("one");
    m.send("two");
  }
  REQUIRE(m.receives(2));
  CHECK(m.seen[0].text == "one");
  CHECK(m.seen[1].text == "two");
  for (const auto& each : m.seen) {
    CHECK(each.control_truncated);
    CHECK_FALSE(each.payload_truncated);
    CHECK(each.metadata.present().empty());
  }
  CHECK(m.receiver().counters().control_truncated == 2);
  CHECK(m.errors.empty());

  // The next call starts fresh: WSAMSG's fields are in-out.
  m.windows.now.redirect_records.clear();
  m.send("three");
  REQUIRE(m.receives(3));
  CHECK(m.seen[2].metadata.destination);
  CHECK_FALSE(m.seen[2].control_truncated);
}

TEST_CASE("stand-in: row 27, an empty datagram completes a receive, waiting or pending") {
  const bool waits_before = GENERATE(true, false);
  machine m(windows_profile::windows_11);
  m.open("127.0.0.1", {.metadata = ancillary::want({field::destination})});
  if (!waits_before) {
    m.start();
    m.run_for(a_moment);
  }
  m.send("");
  m.send("then");
  if (waits_before) {
    m.start();
  }
  REQUIRE(m.receives(2));
  CHECK(m.seen[0].text.empty());
  CHECK(m.seen[0].metadata.destination);
  CHECK_FALSE(m.seen[0].payload_truncated);
  CHECK(m.seen[1].text == "then");
  CHECK(m.errors.empty());
}

TEST_CASE("stand-in: neither payload nor control data fits") {
  machine m(windows_profile::windows_11);
  m.windows.now.redirect_records.assign(600, std::byte{7});
  m.listen("127.0.0.1", {.payload_capacity = 16});
  m.send(longer_than_a_slot());
  REQUIRE(m.receives(1));
  CHECK(m.seen[0].text == std::string(16, 'x'));
  CHECK(m.seen[0].payload_truncated);
  CHECK(m.seen[0].control_truncated);
}

TEST_CASE("stand-in: messages omitted under memory pressure are counted and not an error") {
  machine m(windows_profile::windows_11);
  m.listen("127.0.0.1", {.metadata = ancillary::require(five_options)});
  m.send("before");
  REQUIRE(m.receives(1));
  m.windows.now.memory_pressure = true;
  m.send("bare");
  REQUIRE(m.receives(2));
  m.windows.now.memory_pressure = false;
  m.send("after");
  REQUIRE(m.receives(3));
  CHECK_FALSE(m.seen[0].metadata.present().empty());
  CHECK(m.seen[1].text == "bare");
  CHECK(m.seen[1].metadata.present().empty());
  CHECK_FALSE(m.seen[1].control_malformed);
  CHECK(m.seen[2].metadata.present() == m.seen[0].metadata.present());
  CHECK(m.receiver().counters().metadata_missing == 1);
  CHECK(m.errors.empty());
}

TEST_CASE("stand-in: a datagram from this host may lack control data") {
  machine m(windows_profile::windows_11);
  m.windows.now.leaves_own_datagrams_bare = true;
  m.listen("127.0.0.1", {.metadata = ancillary::require(five_options)});
  m.send("own");
  REQUIRE(m.receives(1));
  CHECK(m.seen[0].metadata.present().empty());
  CHECK(m.receiver().counters().metadata_missing == 1);
}

TEST_CASE("stand-in: a broadcast has MSG_BCAST") {
  machine m(windows_profile::windows_11);
  m.listen("0.0.0.0", {});
  m.sender().set_option(asio::socket_base::broadcast(true));
  m.send("to all", "127.255.255.255");
  m.send("to one");
  REQUIRE(m.receives(2));
  CHECK(m.seen[0].broadcast);
  CHECK_FALSE(m.seen[0].multicast);
  CHECK_FALSE(m.seen[1].broadcast);
}

TEST_CASE("stand-in: a multicast has MSG_MCAST") {
  machine m(windows_profile::windows_11);
  m.listen("0.0.0.0", {.metadata = ancillary::want({field::interface_index})});
  const auto group = asio::ip::make_address_v4("239.77.5.5");
  const auto loopback = asio::ip::address_v4::loopback();
  std::error_code error;
  m.receiver().socket().set_option(asio::ip::multicast::join_group(group, loopback), error);
  m.sender().set_option(asio::ip::multicast::outbound_interface(loopback));
  if (error) {
    SKIP_BECAUSE("cannot join a group on the loopback: " + error.message());
  }
  m.send("to a group", "239.77.5.5");
  m.send("to one");
  REQUIRE(m.receives(2));
  CHECK(m.seen[0].multicast);
  CHECK_FALSE(m.seen[0].broadcast);
  CHECK_FALSE(m.seen[1].multicast);
}

TEST_CASE("stand-in: an ICMP error arrives with the next receive, and receiving continues") {
  const auto row = GENERATE(std::pair{port_unreachable, receive_condition::port_unreachable},
                            std::pair{hop_limit_exceeded, receive_condition::hop_limit_exceeded});
  const bool is_pending = GENERATE(true, false);
  machine m(windows_profile::windows_11);
  m.open("127.0.0.1", {.icmp_errors = true});
  if (is_pending) {
    m.start();
    m.run_for(a_moment);
    m.windows.icmp(m.handle(), row.first);
  } else {
    m.windows.icmp(m.handle(), row.first);
    m.start();
  }
  REQUIRE(m.run_until([&] { return !m.errors.empty(); }));
  CHECK(m.errors[0].condition == row.second);
  CHECK_FALSE(m.errors[0].fatal);
  m.send("after");
  REQUIRE(m.receives(1));
  m.windows.icmp(m.handle(), row.first);
  m.send("and after");
  REQUIRE(m.receives(2));
  CHECK(m.receiver().counters().errors_of(row.second) == 2);
}

TEST_CASE("stand-in: the two ioctls disable ICMP errors") {
  machine m(windows_profile::windows_11);
  m.listen("127.0.0.1", {});
  m.windows.icmp(m.handle(), port_unreachable);
  m.windows.icmp(m.handle(), hop_limit_exceeded);
  m.send("next");
  REQUIRE(m.receives(1));
  CHECK(m.errors.empty());
}

TEST_CASE("stand-in: without the two ioctls, receiving continues after ICMP errors") {
  machine m(windows_profile::windows_7);
  m.windows.now.has_icmp_switches = false;
  m.listen("127.0.0.1", {});
  for (int i = 0; i < 50; ++i) {
    m.windows.icmp(m.handle(), i % 2 == 0 ? port_unreachable : hop_limit_exceeded);
    m.send(std::to_string(i));
  }
  REQUIRE(m.receives(50));
  CHECK(m.receiver().counters().errors_of(receive_condition::port_unreachable) == 25);
  CHECK(m.receiver().counters().errors_of(receive_condition::hop_limit_exceeded) == 25);
  for (std::size_t i = 0; i < 50; ++i) {
    CHECK(m.seen[i].text == std::to_string(i));
  }
}

TEST_CASE("stand-in: only requested options are enabled") {
  machine m(windows_profile::windows_11);
  m.listen("127.0.0.1", {.metadata = ancillary::want({field::hop_limit})});
  CHECK(m.socket().options() == std::set<std::pair<int, int>>{{0, 21}});
  CHECK_FALSE(m.socket().coalesces());
}

TEST_CASE("stand-in: order is kept between overlapped receives and drains") {
  machine m(windows_profile::windows_10);
  m.listen("127.0.0.1", {.batch = 4});
  std::size_t expected = 0;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 25; ++i) {
      m.send(std::to_string(round * 25 + i));
    }
    REQUIRE(m.receives(static_cast<std::size_t>(round + 1) * 25));
  }
  for (; expected < m.seen.size(); ++expected) {
    REQUIRE(m.seen[expected].text == std::to_string(expected));
  }
}

TEST_CASE("stand-in: the caller's Asio operations on the socket work") {
  machine m(windows_profile::windows_11);
  m.listen("127.0.0.1", {});
  asio::ip::udp::socket peer(m.receiver().socket().get_executor(), any_port("127.0.0.1"));
  std::size_t sent = 0;
  const std::string text = "from the receiver's socket";
  m.receiver().socket().async_send_to(
      asio::buffer(text), peer.local_endpoint(),
      [&](const std::error_code& error, std::size_t bytes) { sent = error ? 0 : bytes; });
  REQUIRE(m.run_until([&] { return sent == text.size(); }));
  m.send("received beside it");
  REQUIRE(m.receives(1));
}

TEST_CASE("stand-in: stop and start work with a receive pending") {
  machine m(windows_profile::windows_11);
  m.listen("127.0.0.1", {.metadata = ancillary::want({field::destination})});
  m.run_for(a_moment);
  m.receiver().stop();
  m.run_for(a_moment);
  m.send("while stopped");
  m.run_for(a_moment);
  CHECK(m.seen.empty());
  m.start();
  REQUIRE(m.receives(1));
  CHECK(m.seen[0].text == "while stopped");
  CHECK(m.errors.empty());
}
