// Each system call of a set-up fails: set-up reports what failed, or succeeds without it; and
// nothing stays open.
#include "faulty_call.hpp"
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <utility>

using namespace ancillary_test;
using ancillary::field;
using ancillary::field_set;
using ancillary::packet;
using ancillary::detail::system_calls;

namespace {

using faulty_set = faulty_call<&system_calls::setsockopt>;
using faulty_get = faulty_call<&system_calls::getsockopt>;

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator open("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(open), end(open)));
}

const asio::ip::udp::endpoint endpoints[] = {{asio::ip::udp::v4(), 0}, {asio::ip::udp::v6(), 0}};

ancillary::receive_options everything(bool required) {
  const auto fields = field_set{field::destination,   field::hop_limit,     field::traffic_class,
                                field::dropped_total, field::segment_bytes, field::timestamp};
  ancillary::receive_options options;
  options.metadata = required ? ancillary::require(fields) : ancillary::want(fields);
  options.dual_stack = true;
  return options;
}

// A receiver that is set up receives a datagram and replies.
template <class Receiver>
void check_works(asio::io_context& io, Receiver& receiver, const std::size_t& delivered) {
  receiver.start();
  loopback_sender from({asio::ip::address_v4::loopback(), receiver.local_endpoint().port()});
  from.send("x");
  REQUIRE(run_until(io, [&] { return delivered == 1; }));
  const ancillary::receive_counters counted = receiver.counters();
  CHECK(counted.datagrams == 1);
  receiver.stop();
  io.poll();
}

// Runs with call `at` of `Fault` failing; returns false if there is no such call.
template <class Fault>
bool set_up_with(int at, int error, const asio::ip::udp::endpoint& endpoint, bool required) {
  CAPTURE(at, error, required, endpoint.address().to_string());
  asio::io_context io;
  std::size_t delivered = 0;
  std::error_code failed;
  const Fault fault({.at = at, .error = error});
  ancillary::receiver receiver(
      io, endpoint,
      [&](const packet& each) {
        ++delivered;
        each.reply(each.payload());
      },
      everything(required), failed);
  if (!failed) {
    check_works(io, receiver, delivered);
    // The first reply determines the socket's family: then the fault is the reply's.
    const ancillary::send_counters back = receiver.reply_counters();
    CHECK(back.datagrams + back.errors == 1);
  } else {
    CHECK(failed.value() == error);
    CHECK(required);
  }
  return fault.faults() != 0;
}

template <class Fault>
int check_all_places(std::initializer_list<int> errors) {
  int places = 0;
  for (const auto& endpoint : endpoints) {
    for (const bool required : {false, true}) {
      for (const int error : errors) {
        int at = 1;
        for (; set_up_with<Fault>(at, error, endpoint, required); ++at) {
        }
        places = std::max(places, at - 1);
      }
    }
  }
  return places;
}

} // namespace

TEST_CASE("setsockopt fails at any step of a set-up", "[faults]") {
  const std::size_t before = open_descriptors();
  CHECK(check_all_places<faulty_set>({ENOPROTOOPT, EOPNOTSUPP, EPERM, ENOMEM, EBADF}) >= 12);
  CHECK(open_descriptors() == before);
}

TEST_CASE("occupancy: no receive queue if the system does not tell", "[faults]") {
  asio::io_context io;
  ancillary::receiver receiver(io, loopback_any_port(), [](const packet&) {});
  const faulty_get fault({.at = 1, .error = ENOPROTOOPT}); // before Linux 4.12
  CHECK(!receiver.occupancy().queue);
  CHECK(fault.faults() == 1);
  CHECK(receiver.occupancy().slots != 0);
  CHECK(receiver.occupancy().queue);
}

TEST_CASE("getsockopt fails at any step of a set-up or of the first reply", "[faults]") {
  const std::size_t before = open_descriptors();
  CHECK(check_all_places<faulty_get>({ENOPROTOOPT, ENOBUFS, EBADF}) >= 3);
  CHECK(open_descriptors() == before);
}

TEST_CASE("the socket's family is unknown at the first reply: it counts as an error, the next "
          "reply leaves",
          "[faults]") {
  // The first two calls ask for IP_RECVERR and IPV6_RECVERR.
  const faulty_get fault({.at = 3, .error = ENOBUFS});
  asio::io_context io;
  std::size_t delivered = 0;
  ancillary::receiver receiver(io, loopback_any_port(), [&](const packet& each) {
    ++delivered;
    each.reply(each.payload());
  });
  receiver.start();
  loopback_sender from(receiver.local_endpoint());
  from.send("x");
  from.send("y");
  REQUIRE(run_until(io, [&] { return delivered == 2; }));
  CHECK(receiver.reply_counters().errors == 1);
  CHECK(receiver.reply_counters().datagrams == 1);
}

TEST_CASE("the socket's family is unknown to sender and async_send: they report it", "[faults]") {
  asio::io_context io;
  asio::ip::udp::socket socket(io, loopback_any_port());
  const faulty_get fault({.at = 1, .times = 3, .error = ENOBUFS});
  std::error_code error;
  const ancillary::sender out(socket.native_handle(), {}, error);
  CHECK(error.value() == ENOBUFS);
  CHECK_THROWS_AS(ancillary::sender(socket.native_handle()), std::system_error);
  std::error_code sent;
  ancillary::async_send(socket, {.payload = {}, .remote = socket.local_endpoint()},
                        [&](std::error_code result) { sent = result; });
  io.run();
  CHECK(sent.value() == ENOBUFS);
}

TEST_CASE("a refused required field is named with the system's reason", "[faults]") {
  const faulty_set fault({.at = 1, .times = 1000, .error = ENOPROTOOPT});
  asio::io_context io;
  try {
    ancillary::receiver receiver(io, loopback_any_port(), [](const packet&) {},
                                 {.metadata = ancillary::require({field::hop_limit})});
    FAIL("set up");
  } catch (const std::system_error& error) {
    CHECK(error.code().value() == ENOPROTOOPT);
    CHECK(std::string(error.what()).find("hop_limit") != std::string::npos);
  }
}

TEST_CASE("setsockopt fails at any step of setting up lanes: the error names the lane and the step",
          "[faults]") {
  const std::size_t before = open_descriptors();
  int at = 1;
  for (bool reached = true; reached; ++at) {
    CAPTURE(at);
    const faulty_set fault({.at = at, .error = ENOMEM});
    try {
      const ancillary::lanes lanes(loopback_any_port(), [](const packet&) {},
                                   {.count = 3, .steering = ancillary::lane_steering::by_cpu});
      CHECK(fault.faults() == 0);
    } catch (const std::system_error& error) {
      CHECK(error.code().value() == ENOMEM);
      CHECK(std::string(error.what()).starts_with("lane "));
    }
    reached = fault.faults() != 0;
  }
  CHECK(at >= 4 + 2); // three lanes on one port, and steering
  CHECK(open_descriptors() == before);
}

TEST_CASE("no descriptor for the socket: set-up reports it", "[faults]") {
  asio::io_context io;
  asio::ip::udp::socket first(io, loopback_any_port()); // opens Asio's own descriptors
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlimit none{0, limit.rlim_max};
  std::error_code error;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  ancillary::receiver receiver(
      io, loopback_any_port(), [](const packet&) {}, {}, error);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  CHECK(error.value() == EMFILE);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  try {
    const ancillary::lanes lanes(loopback_any_port(), [](const packet&) {}, {.count = 1});
    FAIL("set up");
  } catch (const std::system_error& reason) {
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK(std::string(reason.what()).starts_with("lane 0: creating its event loop"));
  }
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

TEST_CASE(
    "descriptors run out at any step of setting up lanes: the error names the lane and the step",
    "[faults]") {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const std::size_t open_now = open_descriptors();
  bool succeeded = false;
  for (rlim_t more = 0; !succeeded && more < 64; ++more) {
    CAPTURE(more);
    const rlimit few{open_now + more, limit.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    std::string reason;
    try {
      const ancillary::lanes lanes(loopback_any_port(), [](const packet&) {}, {.count = 3});
      succeeded = true;
    } catch (const std::system_error& error) {
      reason = error.what();
    }
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK((succeeded || reason.starts_with("lane ")));
  }
  CHECK(succeeded);
}

TEST_CASE("an option set by Asio fails: set-up reports it", "[faults]") {
  // An option on a socket that does not exist.
  asio::io_context io;
  asio::ip::udp::socket closed(io);
  for (const asio::ip::udp::endpoint& endpoint : endpoints) {
    std::error_code error;
    ancillary::detail::prepare_socket(closed, endpoint, {.receive_buffer_bytes = 4096}, error);
    CHECK(error.value() == EBADF);
  }
}

TEST_CASE("the address is in use or not local: set-up reports it", "[faults]") {
  asio::io_context io;
  const asio::ip::udp::socket first(io, loopback_any_port());
  std::error_code error;
  ancillary::receiver second(
      io, first.local_endpoint(), [](const packet&) {}, {}, error);
  CHECK(error == asio::error::address_in_use);
  ancillary::receiver third(
      io, {asio::ip::make_address("192.0.2.1"), 0}, [](const packet&) {}, {}, error);
  CHECK(error.value() == EADDRNOTAVAIL);
  CHECK_THROWS_AS(ancillary::lanes(first.local_endpoint(), [](const packet&) {}),
                  std::system_error);
}
