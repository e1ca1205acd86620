// A socket whose owner enabled IP_RECVERR: errors are reported correctly, nothing spins, and
// replies to reachable clients leave.
#include "error_queue_socket.hpp"
#include <ancillary/recvmsg/drain.hpp>
#include <ancillary/recvmsg/receiver.hpp>
#include <ancillary/recvmsg/sender.hpp>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/strand.hpp>
#include <cerrno>
#include <cstddef>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <vector>

using namespace ancillary_test;
using ancillary::packet;
using ancillary::receive_condition;

namespace {

constexpr std::size_t turns_that_nobody_needs = 50;

// An address without a listener.
asio::ip::udp::endpoint dead_endpoint() {
  asio::io_context io;
  return asio::ip::udp::socket(io, loopback_any_port()).local_endpoint();
}

void provoke_errors(asio::ip::udp::socket& socket, std::size_t count) {
  std::error_code told_of_the_one_before;
  for (std::size_t i = 0; i < count; ++i) {
    socket.send_to(asio::buffer("x", 1), dead_endpoint(), 0, told_of_the_one_before);
    if (told_of_the_one_before) {
      socket.send_to(asio::buffer("x", 1), dead_endpoint(), 0, told_of_the_one_before);
    }
  }
}

} // namespace

TEST_CASE("error queue: each ICMP error is reported once, without spinning", "[errors]") {
  asio::io_context io;
  const bool on_a_strand = GENERATE(false, true);
  CAPTURE(on_a_strand);
  asio::any_io_executor executor = io.get_executor();
  if (on_a_strand) {
    executor = asio::make_strand(io);
  }
  auto socket = socket_with_error_queue(executor);
  provoke_errors(socket, 3);
  std::size_t delivered = 0;
  ancillary::receiver receiver(std::move(socket), [&](const packet&) { ++delivered; });
  std::vector<receive_condition> errors;
  receiver.on_error(
      [&](const ancillary::receive_error& error) { errors.push_back(error.condition); });
  receiver.start();
  REQUIRE(run_until(io, [&] { return errors.size() == 3; }));
  CHECK(errors == std::vector(3, receive_condition::port_unreachable));
  const auto before = receiver.counters().wakeups;
  for (int i = 0; i < 100; ++i) {
    io.restart();
    io.poll();
  }
  CHECK(receiver.counters().wakeups - before < turns_that_nobody_needs);
  CHECK(errors.size() == 3);
  loopback_sender(receiver.local_endpoint()).send("still alive");
  CHECK(run_until(io, [&] { return delivered == 1; }));
}

TEST_CASE("error queue: poll stops signalling after a drain", "[errors]") {
  asio::io_context io;
  auto socket = socket_with_error_queue(io);
  provoke_errors(socket, 5);
  ancillary::drain drain(socket.native_handle());
  std::size_t errors = 0;
  std::size_t ready = 0;
  pollfd readable{socket.native_handle(), POLLIN, 0};
  while (ready<turns_that_nobody_needs&& ::poll(&readable, 1, 0)> 0) {
    ++ready;
    const auto result = drain.receive([](const packet&) {});
    errors += result.error.condition == receive_condition::port_unreachable ? 1U : 0U;
  }
  CHECK(ready < turns_that_nobody_needs);
  CHECK(errors == 5);
}

TEST_CASE("error queue: replies to reachable clients leave despite unreachable ones",
          "[errors][replies]") {
  constexpr std::size_t clients = 20;
  constexpr std::size_t replies_each = 2;
  asio::io_context io;
  auto socket = socket_with_error_queue(io);
  const auto server = socket.local_endpoint();
  std::size_t errors = 0;
  // One request per batch, so that an error is pending when the replies to the next one are sent.
  ancillary::receiver receiver(std::move(socket),
                               [&](const packet& request) {
                                 for (std::size_t i = 0; i < replies_each; ++i) {
                                   request.reply(request.payload());
                                 }
                               },
                               {.batch = 1});
  receiver.on_error([&](const ancillary::receive_error&) { ++errors; });
  receiver.start();

  asio::io_context client_io;
  std::vector<asio::ip::udp::socket> live;
  for (std::size_t i = 0; i < clients; ++i) {
    loopback_sender(server).send("from one that is gone");
    live.emplace_back(client_io, loopback_any_port());
    live.back().send_to(asio::buffer("alive", 5), server);
  }
  REQUIRE(run_until(io, [&] { return receiver.counters().datagrams == 2 * clients; }));
  REQUIRE(run_until(io, [&] { return errors != 0; }));
  std::size_t answers = 0;
  REQUIRE(poll_until([&] {
    io.restart();
    io.poll();
    for (auto& each : live) {
      char answer[8];
      std::error_code none;
      each.non_blocking(true);
      while (each.receive(asio::buffer(answer), 0, none) > 0) {
        ++answers;
      }
    }
    return answers == clients * replies_each;
  }));
  const auto sent = receiver.reply_counters();
  CHECK(sent.errors == 0);
  CHECK(sent.datagrams == 2 * clients * replies_each);
  CHECK(sent.earlier_errors != 0);
}

TEST_CASE("error queue: a sender does not report an earlier datagram's error for the next one",
          "[errors]") {
  asio::io_context io;
  auto socket = socket_with_error_queue(io);
  asio::ip::udp::socket live(io, loopback_any_port());
  ancillary::sender sender(socket.native_handle());
  const std::vector<ancillary::outgoing> datagrams{
      {.remote = dead_endpoint()}, {.remote = live.local_endpoint()}, {.remote = dead_endpoint()}};
  for (const ancillary::outgoing& each : datagrams) {
    std::error_code error;
    CHECK(sender.send(std::span(&each, 1), error) == 1);
    CHECK_FALSE(error);
  }
  CHECK(sender.counters().earlier_errors == 1);

  std::error_code outcome = asio::error::would_block;
  ancillary::async_send(socket, {.remote = live.local_endpoint()},
                        [&](std::error_code error) { outcome = error; });
  io.run();
  CHECK_FALSE(outcome);
}

TEST_CASE("error queue: errors after a full batch are read, without spinning", "[errors]") {
  asio::io_context io;
  auto socket = socket_with_error_queue(io);
  const auto batch = static_cast<std::size_t>(GENERATE(1, 4));
  ancillary::drain drain(socket.native_handle(), {.batch = batch, .budget_batches = 1});
  for (std::size_t i = 0; i < batch; ++i) {
    socket.send_to(asio::buffer("x", 1), socket.local_endpoint());
  }
  std::size_t datagrams = 0;
  REQUIRE(poll_until([&] {
    drain.receive([&](const packet&) { ++datagrams; });
    return datagrams == batch;
  }));
  provoke_errors(socket, 3);
  std::size_t errors = 0;
  std::size_t ready = 0;
  pollfd readable{socket.native_handle(), POLLIN, 0};
  while (ready<turns_that_nobody_needs&& ::poll(&readable, 1, 0)> 0) {
    ++ready;
    const auto result = drain.receive([](const packet&) {});
    errors += result.error.condition == receive_condition::port_unreachable ? 1U : 0U;
  }
  CHECK(ready < turns_that_nobody_needs);
  CHECK(errors == 3);
}

TEST_CASE("error queue: errors do not pile up while every call brings datagrams", "[errors]") {
  constexpr std::size_t rounds = 200;
  asio::io_context io;
  auto socket = socket_with_error_queue(io);
  ancillary::drain drain(socket.native_handle(), {.batch = 4, .budget_batches = 1});
  std::size_t datagrams = 0;
  std::size_t errors = 0;
  for (std::size_t i = 1; i <= rounds; ++i) {
    provoke_errors(socket, 1);
    std::error_code of_the_one_before; // a send clears the pending error, not the queue
    socket.send_to(asio::buffer("x", 1), socket.local_endpoint(), 0, of_the_one_before);
    if (of_the_one_before) {
      socket.send_to(asio::buffer("x", 1), socket.local_endpoint());
    }
    REQUIRE(poll_until([&] {
      const auto result = drain.receive([&](const packet&) { ++datagrams; });
      errors += result.error.condition == receive_condition::port_unreachable ? 1U : 0U;
      return datagrams == i;
    }));
    CHECK(errors + 2 >= i); // as they come, not when the receive buffer is full
  }
}

TEST_CASE("error queue: a drain returns an error although its handler throws in that call",
          "[errors]") {
  asio::io_context io;
  auto socket = socket_with_error_queue(io);
  ancillary::drain drain(socket.native_handle());
  loopback_sender(socket.local_endpoint()).send("x");
  provoke_errors(socket, 1);
  // The receive call returns the datagram, and then the error is read from the queue.
  int pending = 0;
  socklen_t bytes = sizeof pending;
  REQUIRE(::getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &pending, &bytes) == 0);
  REQUIRE(pending == ECONNREFUSED);
  REQUIRE(poll_until([&] {
    pollfd readable{socket.native_handle(), POLLIN, 0};
    return ::poll(&readable, 1, 0) > 0 && (readable.revents & POLLIN) != 0;
  }));
  receive_condition seen = receive_condition::none;
  bool thrown = false;
  for (int i = 0; i < 10 && seen == receive_condition::none; ++i) {
    try {
      seen =
          drain.receive([](const packet&) { throw std::runtime_error("handler"); }).error.condition;
    } catch (const std::runtime_error&) {
      thrown = true;
    }
  }
  CHECK(thrown);
  CHECK(seen == receive_condition::port_unreachable);
  CHECK(drain.counters().errors_of(receive_condition::port_unreachable) == 1);
}
