// Row 25: IP_RECVERR, whose behaviour on Windows is unknown. The library is right either way.
#include "../machine.hpp"
#include <ancillary/recvmsg/error_detail.hpp>

#include <algorithm>

using namespace ancillary_test;
using ancillary::receive_condition;

namespace {

const asio::ip::udp::endpoint peer(asio::ip::make_address("192.0.2.1"), 443);

std::vector<std::byte> bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

network_error port_error() { return {port_unreachable, peer, 1, 0, 3, 3, bytes_of("lost")}; }
network_error ttl_error() { return {hop_limit_exceeded, peer, 1, 0, 11, 0, bytes_of("late")}; }

ancillary::receive_options detailed() {
  ancillary::receive_options options{.metadata = ancillary::want({ancillary::field::destination})};
  options.error_detail = true;
  return options;
}

bool has_details(error_queue_form form) {
  return form == error_queue_form::queued || form == error_queue_form::queued_beside_errors ||
         form == error_queue_form::queued_then_errors || form == error_queue_form::inline_entries;
}

struct collected {
  receive_condition condition;
  bool detailed;
  asio::ip::udp::endpoint remote;
  ancillary::transport_error cause;
  std::string payload;
};

} // namespace

TEST_CASE("stand-in: row 25, errors are reported with or without their datagram, either way") {
  const auto form = GENERATE(from_range(all_error_queue_forms));
  const bool between_datagrams = GENERATE(false, true);
  CAPTURE(static_cast<int>(form), between_datagrams);
  machine m(windows_profile::windows_11);
  m.windows.now.errors = form;
  ancillary::receive_options options = detailed();
  m.open("127.0.0.1", options);
  std::vector<collected> errors;
  m.receiver().on_error([&](const ancillary::receive_error& error) {
    collected one{error.condition, error.detail != nullptr, {}, {}, {}};
    if (error.detail != nullptr) {
      one.remote = error.detail->remote;
      one.cause = error.detail->cause;
      one.payload.assign(reinterpret_cast<const char*>(error.detail->payload.data()),
                         error.detail->payload.size());
    }
    errors.push_back(one);
  });
  CHECK(m.receiver().metadata().error_detail().granted ==
        (form != error_queue_form::option_refused));
  m.start();
  if (between_datagrams) {
    m.send("one");
    REQUIRE(m.receives(1));
  }
  m.windows.report(m.handle(), port_error());
  m.windows.report(m.handle(), ttl_error());
  m.send("two"); // wakes a loop that errors do not wake
  const std::size_t datagrams = between_datagrams ? 2 : 1;
  REQUIRE(m.receives(datagrams));
  REQUIRE(m.run_until([&] { return errors.size() >= 2; }));
  m.send("three");
  REQUIRE(m.receives(datagrams + 1));
  CHECK(m.seen.back().text == "three");
  const auto has = [&](receive_condition condition, bool detailed) {
    return std::any_of(errors.begin(), errors.end(), [&](const collected& each) {
      return each.condition == condition && each.detailed == detailed;
    });
  };
  CHECK(has(receive_condition::port_unreachable, has_details(form)));
  CHECK(has(receive_condition::hop_limit_exceeded, has_details(form)));
  for (const collected& each : errors) {
    if (each.detailed) {
      CHECK(each.remote == peer);
      CHECK(each.cause.origin == ancillary::error_origin::icmp);
      CHECK(each.payload ==
            (each.condition == receive_condition::port_unreachable ? "lost" : "late"));
    }
  }
  // Each error once, also where the system reports it twice.
  m.run_for(std::chrono::milliseconds(5));
  CHECK(errors.size() == 2);
  const auto counted = m.receiver().counters();
  CHECK(counted.errors_of(receive_condition::port_unreachable) +
            counted.errors_of(receive_condition::hop_limit_exceeded) ==
        errors.size());
  // A flag that the system refuses or ignores is not used again; one is never used unasked.
  const std::size_t asked = m.socket().asked_for_errors;
  if (form == error_queue_form::option_refused) {
    CHECK(asked == 0);
  } else if (form == error_queue_form::flag_refused) {
    CHECK(asked == 1);
  }
}

TEST_CASE("stand-in: row 25, a datagram returned despite MSG_ERRQUEUE is not lost, either way") {
  machine m(windows_profile::windows_11);
  m.windows.now.errors = error_queue_form::flag_ignored;
  ancillary::receive_options options = detailed();
  options.batch = 3;
  m.open("127.0.0.1", options);
  constexpr std::size_t count = 10;
  for (std::size_t i = 0; i < count; ++i) {
    m.send(std::to_string(i));
  }
  m.start();
  REQUIRE(m.receives(count));
  for (std::size_t i = 0; i < count; ++i) {
    CHECK(m.seen[i].text == std::to_string(i));
    CHECK(m.seen[i].metadata.destination);
  }
  CHECK(m.errors.empty());
  CHECK(m.socket().asked_for_errors == 1);
}

TEST_CASE("stand-in: row 25, of many errors each is reported once, either way") {
  constexpr std::size_t pairs = 4;
  const auto form = GENERATE(from_range(all_error_queue_forms));
  CAPTURE(static_cast<int>(form));
  machine m(windows_profile::windows_11);
  m.windows.now.errors = form;
  m.open("127.0.0.1", detailed());
  m.start();
  for (std::size_t i = 0; i < pairs; ++i) {
    m.windows.report(m.handle(), port_error());
    m.windows.report(m.handle(), ttl_error());
  }
  m.send("wakes the loop");
  REQUIRE(m.receives(1));
  REQUIRE(m.run_until([&] { return m.errors.size() >= 2 * pairs; }));
  m.run_for(std::chrono::milliseconds(5));
  const auto counted = m.receiver().counters();
  CHECK(counted.errors_of(receive_condition::port_unreachable) == pairs);
  CHECK(counted.errors_of(receive_condition::hop_limit_exceeded) == pairs);
}

TEST_CASE("stand-in: row 25, an error that fails a receive too is reported once, either way") {
  const std::size_t datagrams = GENERATE(1U, 3U); // several batches before the receive that fails
  machine m(windows_profile::windows_11);
  m.windows.now.errors =
      GENERATE(error_queue_form::queued_beside_errors, error_queue_form::queued_then_errors);
  ancillary::receive_options options = detailed();
  options.batch = 2;
  m.open("127.0.0.1", options);
  for (std::size_t i = 0; i < datagrams; ++i) {
    m.send("one");
  }
  m.windows.report(m.handle(), port_error()); // behind datagrams that fill the batch
  m.start();
  REQUIRE(m.receives(datagrams));
  REQUIRE(m.run_until([&] { return !m.errors.empty(); }));
  m.send("two");
  REQUIRE(m.receives(datagrams + 1));
  m.run_for(std::chrono::milliseconds(5));
  CHECK(m.errors.size() == 1);
  CHECK(m.receiver().counters().errors_of(receive_condition::port_unreachable) == 1);
}

TEST_CASE("stand-in: row 25, an entry that comes after a stop is no datagram, either way") {
  machine m(windows_profile::windows_11);
  m.windows.now.errors = error_queue_form::inline_entries;
  ancillary::receive_options options = detailed();
  m.listen("127.0.0.1", options);
  m.send("one");
  REQUIRE(m.receives(1)); // then the next receive is pending
  m.windows.report(m.handle(), port_error());
  m.receiver().stop();
  CHECK(m.run_until(
      [&] { return m.receiver().counters().errors_of(receive_condition::port_unreachable) == 1; }));
  const auto counted = m.receiver().counters();
  CHECK(counted.datagrams == 1);
  CHECK(counted.discarded_on_stop == 0);
}

TEST_CASE("stand-in: row 25, errors that one turn leaves in the queue need no datagram") {
  constexpr std::size_t count = 5;
  machine m(windows_profile::windows_11);
  m.windows.now.errors = error_queue_form::queued;
  ancillary::receive_options options = detailed();
  options.budget_batches = 1; // one error each turn
  m.open("127.0.0.1", options);
  m.start();
  for (std::size_t i = 0; i < count; ++i) {
    m.windows.report(m.handle(), port_error());
  }
  m.send("wakes the loop");
  REQUIRE(m.receives(1));
  REQUIRE(m.run_until([&] { return m.errors.size() == count; }));
  CHECK(m.receiver().counters().errors_of(receive_condition::port_unreachable) == count);
}

TEST_CASE("stand-in: row 25, an MTU is reported, either way") {
  const auto form = GENERATE(error_queue_form::queued, error_queue_form::inline_entries);
  machine m(windows_profile::windows_11);
  m.windows.now.errors = form;
  ancillary::receive_options options = detailed();
  m.open("127.0.0.1", options);
  std::optional<std::uint32_t> mtu;
  m.receiver().on_error([&](const ancillary::receive_error& error) {
    CHECK(error.condition == receive_condition::message_too_long);
    REQUIRE(error.detail != nullptr);
    mtu = error.detail->cause.mtu();
  });
  m.start();
  m.windows.report(m.handle(), {{}, peer, 1, 1280, 3, 4, {}});
  m.send("wakes the loop");
  REQUIRE(m.run_until([&] { return mtu.has_value(); }));
  CHECK(mtu == 1280U);
}

TEST_CASE("stand-in: row 25, without error_detail the queue is never asked") {
  machine m(windows_profile::windows_11);
  m.windows.now.errors = error_queue_form::queued;
  m.listen("127.0.0.1", {.icmp_errors = true});
  CHECK_FALSE(m.receiver().metadata().error_detail().requested);
  m.windows.report(m.handle(), port_error());
  m.send("datagram");
  REQUIRE(m.receives(1));
  CHECK(m.errors.empty());
  CHECK(m.socket().asked_for_errors == 0);
}
