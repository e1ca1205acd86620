// Every error condition of a receive.
#include "support/patience.hpp"
#include "support/scripted_receiver.hpp"

#include <asio/post.hpp>
#include <chrono>
#include <optional>

using namespace ancillary_test;
using ancillary::packet;
using ancillary::receive_condition;
using ancillary::receive_error;

namespace {

// Runs until only the script is left to wait for, including timers.
void run_until(asio::io_context& io, const std::function<bool()>& done) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!done() && std::chrono::steady_clock::now() < give_up) {
    io.run_for(std::chrono::milliseconds(1));
    io.restart();
  }
}

} // namespace

TEST_CASE("an error for an earlier send is reported and the loop continues") {
  const auto condition =
      GENERATE(receive_condition::port_unreachable, receive_condition::host_unreachable,
               receive_condition::hop_limit_exceeded, receive_condition::message_too_long);
  asio::io_context io;
  std::vector<receive_error> errors;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  receiver.traffic().error_beside_datagrams = GENERATE(false, true);
  receiver.on_error([&](const receive_error& error) { errors.push_back(error); });
  receiver.traffic().datagrams(2).error(condition).error(condition).datagrams(2);
  receiver.start();
  io.poll();
  CHECK(receiver.delivered() == 4);
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].condition == condition);
  CHECK(errors[0].code == std::error_code(static_cast<int>(condition), std::generic_category()));
  CHECK_FALSE(errors[0].fatal);
  CHECK(receiver.counters().errors_of(condition) == 2);
}

TEST_CASE("errors are counted without an error handler") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  receiver.traffic().error(receive_condition::port_unreachable).datagrams(1);
  receiver.start();
  io.poll();
  CHECK(receiver.delivered() == 1);
  CHECK(receiver.counters().errors_of(receive_condition::port_unreachable) == 1);
}

TEST_CASE("datagrams received with an error are delivered before it") {
  asio::io_context io;
  std::vector<std::string> seen;
  scripted_receiver receiver(io, [&](const packet& p) { seen.push_back(text_of(p)); },
                             {.shape = each_shape()});
  receiver.on_error([&](const receive_error&) { seen.push_back("error"); });
  receiver.traffic().datagrams(2).error(receive_condition::host_unreachable).datagrams(1);
  receiver.start();
  io.poll();
  CHECK(seen == std::vector<std::string>{"0", "1", "error", "2"});
}

TEST_CASE("an interruption is counted, not reported, and the loop continues") {
  asio::io_context io;
  int reported = 0;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  receiver.on_error([&](const receive_error&) { ++reported; });
  for (int i = 0; i < 40; ++i) {
    receiver.traffic().error(receive_condition::interrupted);
  }
  receiver.traffic().datagrams(1);
  receiver.start();
  io.poll();
  CHECK(receiver.delivered() == 1);
  CHECK(reported == 0);
  CHECK(receiver.counters().errors_of(receive_condition::interrupted) == 40);
}

TEST_CASE("a lack of resources pauses the loop, which then retries") {
  const auto condition =
      GENERATE(receive_condition::out_of_resources, receive_condition::network_down);
  asio::io_context io;
  std::vector<receive_error> errors;
  using clock = std::chrono::steady_clock;
  std::optional<clock::time_point> first;
  scripted_receiver receiver(io, [&](const packet&) { first = first.value_or(clock::now()); },
                             {.shape = each_shape()});
  receiver.on_error([&](const receive_error& error) { errors.push_back(error); });
  receiver.traffic().error(condition).datagrams(3);
  const auto begin = clock::now();
  receiver.start();
  run_until(io, [&] { return receiver.delivered() == 3; });
  CHECK(receiver.delivered() == 3);
  REQUIRE(first);
  CHECK(*first - begin >= std::chrono::milliseconds(10)); // not at once
  REQUIRE(errors.size() == 1);
  CHECK_FALSE(errors[0].fatal);
}

TEST_CASE("a lasting lack of resources does not end the loop") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {});
  for (int i = 0; i < 20; ++i) {
    receiver.traffic().error(receive_condition::out_of_resources);
  }
  receiver.traffic().datagrams(1);
  receiver.start();
  run_until(io, [&] { return receiver.delivered() == 1; });
  CHECK(receiver.delivered() == 1);
  CHECK(receiver.counters().errors_of(receive_condition::out_of_resources) == 20);
}

TEST_CASE("seventeen consecutive unknown errors end the loop") {
  asio::io_context io;
  std::vector<receive_error> errors;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  receiver.on_error([&](const receive_error& error) { errors.push_back(error); });
  for (int i = 0; i < 30; ++i) {
    receiver.traffic().error(receive_condition::other);
  }
  receiver.start();
  run_until(io, [&] { return !errors.empty() && errors.back().fatal; });
  REQUIRE(errors.size() == 17);
  CHECK_FALSE(errors[15].fatal);
  CHECK(errors[16].fatal);
  io.restart();
  CHECK(io.run_for(std::chrono::milliseconds(30)) == 0); // nothing is pending
  CHECK(errors.size() == 17);
}

TEST_CASE("a datagram resets the count of unknown errors") {
  asio::io_context io;
  int fatal = 0;
  scripted_receiver receiver(io, [](const packet&) {});
  receiver.on_error([&](const receive_error& error) { fatal += error.fatal ? 1 : 0; });
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 16; ++i) {
      receiver.traffic().error(receive_condition::other);
    }
    receiver.traffic().datagrams(1);
  }
  receiver.start();
  run_until(io, [&] { return receiver.delivered() == 2; });
  CHECK(receiver.delivered() == 2);
  CHECK(fatal == 0);
}

TEST_CASE("a closed socket ends the loop at once and is reported as fatal") {
  asio::io_context io;
  std::vector<receive_error> errors;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  receiver.on_error([&](const receive_error& error) { errors.push_back(error); });
  receiver.traffic().datagrams(2).error(receive_condition::socket_closed).datagrams(2);
  receiver.start();
  io.poll();
  CHECK(receiver.delivered() == 2);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].condition == receive_condition::socket_closed);
  CHECK(errors[0].fatal);
  CHECK_FALSE(receiver.traffic().armed());
}

TEST_CASE("a loop ended by an error can be restarted") {
  asio::io_context io;
  scripted_packets* self = nullptr;
  int fatal = 0;
  const bool from_within = GENERATE(false, true);
  scripted_packets receiver(io, [](const packet&) {}, {.shape = each_shape()});
  self = &receiver;
  receiver.on_error([&](const receive_error& error) {
    fatal += error.fatal ? 1 : 0;
    if (from_within) {
      self->start();
    }
  });
  receiver.traffic().error(receive_condition::socket_closed).datagrams(2);
  receiver.start();
  io.poll();
  CHECK(fatal == 1);
  if (!from_within) {
    CHECK(receiver.delivered() == 0);
    receiver.start();
    io.restart();
    io.poll();
  }
  CHECK(receiver.delivered() == 2);
}

TEST_CASE("stop from the error handler ends the loop") {
  const auto condition =
      GENERATE(receive_condition::port_unreachable, receive_condition::out_of_resources,
               receive_condition::socket_closed);
  asio::io_context io;
  scripted_packets* self = nullptr;
  int reported = 0;
  scripted_packets receiver(io, [](const packet&) {}, {.shape = each_shape()});
  self = &receiver;
  receiver.on_error([&](const receive_error&) {
    ++reported;
    self->stop();
  });
  receiver.traffic().error(condition).error(condition).datagrams(2);
  receiver.start();
  io.run_for(std::chrono::milliseconds(50)); // longer than the pause after a lack of resources
  CHECK(reported == 1);
  CHECK(receiver.delivered() == 0);
  CHECK_FALSE(receiver.traffic().armed());
}

TEST_CASE("stop ends a loop that pauses for resources") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  // After the turn, which then waits for its timer.
  receiver.on_error([&](const receive_error&) { asio::post(io, [&] { receiver.stop(); }); });
  receiver.traffic().error(receive_condition::out_of_resources).datagrams(2);
  receiver.start();
  io.run(); // would not return with an operation pending
  CHECK(receiver.delivered() == 0);
}

TEST_CASE("no error handler is called after stop") {
  asio::io_context io;
  scripted_packets* self = nullptr;
  int reported = 0;
  scripted_packets receiver(io, [&](const packet&) { self->stop(); }, {.shape = each_shape()});
  self = &receiver;
  receiver.on_error([&](const receive_error&) { ++reported; });
  receiver.traffic().datagrams(1).error(receive_condition::port_unreachable);
  receiver.start();
  io.poll();
  CHECK(reported == 0);
  // The script returned it together with the datagram: it is not lost.
  CHECK(receiver.counters().errors_of(receive_condition::port_unreachable) == 1);
}

TEST_CASE("an error received with datagrams is not lost if their handler throws") {
  asio::io_context io;
  std::vector<std::string> seen;
  scripted_receiver receiver(io,
                             [&](const packet& p) {
                               seen.push_back(text_of(p));
                               if (seen.size() == 1) {
                                 throw 1;
                               }
                             },
                             {.shape = each_shape()});
  receiver.on_error([&](const receive_error&) { seen.push_back("error"); });
  receiver.traffic().datagrams(2).error(receive_condition::port_unreachable).datagrams(1);
  receiver.start();
  CHECK_THROWS_AS(io.poll(), int);
  io.poll();
  CHECK(seen == std::vector<std::string>{"0", "1", "error", "2"});
}

TEST_CASE("an error handler's exception propagates out of run(), and the loop continues in the "
          "next run()") {
  asio::io_context io;
  int reported = 0;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  receiver.on_error([&](const receive_error&) {
    ++reported;
    throw 1;
  });
  receiver.traffic().error(receive_condition::port_unreachable).datagrams(2);
  receiver.start();
  CHECK_THROWS_AS(io.poll(), int);
  io.poll();
  CHECK(reported == 1);
  CHECK(receiver.delivered() == 2);
}

TEST_CASE("the loop has ended after an error handler threw for a fatal error") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  receiver.on_error([&](const receive_error&) { throw 1; });
  receiver.traffic().error(receive_condition::socket_closed).datagrams(2);
  receiver.start();
  CHECK_THROWS_AS(io.poll(), int);
  io.run(); // returns
  CHECK(receiver.delivered() == 0);
}
