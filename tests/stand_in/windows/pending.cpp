// Overlapped receives: how they start, non-blocking calls while one is pending, and closing the
// socket.
#include "../machine.hpp"
#include <ancillary/recvmsg/drain.hpp>

#include <algorithm>

using namespace ancillary_test;
using ancillary::receive_condition;

namespace {

constexpr std::chrono::milliseconds a_moment{30};

} // namespace

TEST_CASE("stand-in: row 13, a receive on an unbound socket fails and ends receiving") {
  stand_in windows(windows_profile::windows_11);
  asio::io_context io;
  windows.run_on(io);
  std::vector<ancillary::receive_error> errors;
  ancillary::receiver receiver(asio::ip::udp::socket(io, asio::ip::udp::v4()),
                               [](const packet&) {});
  receiver.on_error([&](const ancillary::receive_error& error) { errors.push_back(error); });
  receiver.start();
  io.run_for(patience); // returns when nothing is pending
  CHECK(io.stopped());
  REQUIRE_FALSE(errors.empty());
  for (const auto& each : errors) {
    CHECK(each.code.value() == static_cast<int>(winsock::invalid_argument));
    CHECK(each.fatal == (&each == &errors.back()));
  }
}

TEST_CASE("stand-in: row 14, a socket closed with a receive pending ends receiving") {
  machine m(windows_profile::windows_11);
  m.listen("127.0.0.1", {});
  m.run_for(a_moment);
  m.receiver().socket().close();
  REQUIRE(m.run_until([&] { return !m.errors.empty(); }));
  CHECK(m.errors.size() == 1);
  CHECK(m.errors[0].condition == receive_condition::socket_closed);
  CHECK(m.errors[0].fatal);
  // The pending receive completed as if it was cancelled, which is not reported.
  CHECK(m.receiver().counters().errors_of(receive_condition::interrupted) == 1);
}

TEST_CASE("stand-in: row 15, an overlapped receive with data waiting is pending or complete, "
          "either way") {
  const bool pending = GENERATE(true, false);
  machine m(windows_profile::windows_11);
  m.windows.now.waiting_is_pending = pending;
  m.open("127.0.0.1", {.metadata = ancillary::require({field::destination}), .batch = 4});
  for (int i = 0; i < 20; ++i) {
    m.send(std::to_string(i));
  }
  m.start();
  REQUIRE(m.receives(20));
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(m.seen[i].text == std::to_string(i));
    CHECK(m.seen[i].metadata.destination);
  }
}

TEST_CASE("stand-in: row 18, a drain with a receive pending, either way: no datagram is lost") {
  const bool direct_first = GENERATE(true, false);
  machine m(windows_profile::windows_11);
  m.windows.now.direct_call_comes_first = direct_first;
  m.listen("127.0.0.1", {});
  ancillary::drain drain(m.handle(), {});
  std::vector<std::string> drained;
  constexpr std::size_t rounds = 10;
  m.run_for(a_moment); // a receive is pending
  for (std::size_t i = 0; i < rounds; ++i) {
    m.send(std::to_string(2 * i));
    m.send(std::to_string(2 * i + 1));
    const auto result = drain.receive([&](const packet& each) {
      drained.emplace_back(reinterpret_cast<const char*>(each.payload().data()),
                           each.payload().size());
    });
    CHECK(result.error.condition == receive_condition::none);
    REQUIRE(m.run_until([&] { return m.seen.size() + drained.size() == 2 * (i + 1); }));
    m.run_for(std::chrono::milliseconds(1));
  }
  std::vector<int> all;
  for (const auto& each : m.seen) {
    all.push_back(std::stoi(each.text));
  }
  CHECK(std::ranges::is_sorted(all)); // each way of receiving has its own in order
  for (const auto& each : drained) {
    all.push_back(std::stoi(each));
  }
  std::ranges::sort(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i] == static_cast<int>(i));
  }
  CHECK(m.errors.empty());
}
