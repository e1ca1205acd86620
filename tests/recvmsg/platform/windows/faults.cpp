// The system calls of the Windows drivers fail, each at each call: no datagram and no slot is lost,
// and nothing hangs.
#include "faulty_call.hpp"
#include "platform/windows/interface_address.hpp"
#include "set_up/metadata_options.hpp"
#include "support/catch.hpp"
#include "support/free_slots.hpp"
#include "support/loopback_pair.hpp"
#include "support/ways_to_receive.hpp"
#include <ancillary/recvmsg.hpp>

#include <string>

using namespace ancillary_test;
using ancillary::field;
using ancillary::detail::system_calls;

namespace {

using faulty_set = faulty_call<&system_calls::setsockopt>;
using faulty_get = faulty_call<&system_calls::getsockopt>;
using faulty_ioctl = faulty_call<&system_calls::ioctl>;
using faulty_mode = faulty_call<&system_calls::ioctlsocket>;
using faulty_send = faulty_call<&system_calls::sendmsg>;
using faulty_adapters = faulty_call<&system_calls::adapters>;
using faulty_cancel = faulty_call<&system_calls::cancel>;

struct expectation {
  int error;
  receive_condition condition;
};

// WSARecvMsg's page, and the errors that ICMP messages cause.
const expectation errors[] = {
    {WSAECONNRESET, receive_condition::port_unreachable},
    {WSAENETRESET, receive_condition::hop_limit_exceeded},
    {WSAEHOSTUNREACH, receive_condition::host_unreachable},
    {WSAENETDOWN, receive_condition::network_down},
    {WSAENOBUFS, receive_condition::out_of_resources},
    {WSAEINTR, receive_condition::interrupted},
    {WSAEFAULT, receive_condition::other},
};

constexpr std::size_t burst = 20;

auto bound_socket = [](asio::io_context& io) {
  return asio::ip::udp::socket(io, loopback_any_port());
};

#define EVERY_WAY callback_form, batch_callback_form, coroutine_form, own_loop_form

} // namespace

TEMPLATE_TEST_CASE("WSARecvMsg fails at any call with any transient error: no datagram is lost",
                   "[faults]", EVERY_WAY) {
  for (const expectation& expected : errors) {
    for (int at = 1; at <= 5; ++at) {
      CAPTURE(expected.error, at);
      const faulty_receive fault({.at = at, .error = expected.error});
      TestType way(bound_socket, {.batch = 8, .budget_batches = 2});
      loopback_sender from(way.socket().local_endpoint());
      for (std::size_t i = 0; i < burst; ++i) {
        from.send("x");
      }
      REQUIRE(way.run_until([&] { return way.seen.delivered == burst && fault.faults() == 1; }));
      const bool reported = expected.condition != receive_condition::interrupted;
      REQUIRE(way.run_until([&] { return way.seen.errors.size() == (reported ? 1u : 0u); }));
      if (reported) {
        CHECK(way.seen.errors[0].condition == expected.condition);
        CHECK_FALSE(way.seen.errors[0].fatal);
      }
      CHECK(way.counters().errors_of(expected.condition) == 1);
      CHECK(way.counters().datagrams == burst);
    }
  }
}

TEMPLATE_TEST_CASE("WSARecvMsg reports a closed socket: receiving ends with a fatal error",
                   "[faults]", EVERY_WAY) {
  for (int at = 1; at <= 3; ++at) {
    CAPTURE(at);
    const faulty_receive fault({.at = at, .error = WSAENOTSOCK});
    TestType way(bound_socket, {.batch = 8});
    loopback_sender from(way.socket().local_endpoint());
    for (std::size_t i = 0; i < burst; ++i) {
      from.send("x");
    }
    REQUIRE(way.run_until([&] { return !way.seen.errors.empty(); }));
    CHECK(way.seen.errors[0].condition == receive_condition::socket_closed);
    CHECK(way.seen.errors[0].fatal);
    CHECK(way.counters().datagrams == way.seen.delivered + way.counters().discarded_on_stop);
  }
}

TEST_CASE("too many overlapped receives are pending: the receive is retried until it succeeds",
          "[faults]") {
  // 20 exceeds the number of consecutive unknown errors that are tolerated.
  const faulty_receive fault({.at = 1, .times = 20, .error = WSAEWOULDBLOCK});
  callback_form way(bound_socket, {});
  loopback_sender(way.socket().local_endpoint()).send("x");
  REQUIRE(way.run_until([&] { return way.seen.delivered == 1; }));
  CHECK(fault.faults() == 20);
  for (const auto& error : way.seen.errors) {
    CHECK(error.condition == receive_condition::out_of_resources);
  }
}

TEST_CASE("CancelIoEx fails: destruction closes the socket and no slot is lost", "[faults]") {
  auto pool = ancillary::slot_pool::make({.batch = 4});
  asio::io_context io;
  {
    const faulty_cancel fault({.at = 1, .times = 100, .error = ERROR_NOT_FOUND});
    ancillary::receiver receiver(io, loopback_any_port(), [](const packet&) {}, {.pool = pool});
    receiver.start();
    io.poll();
    receiver.stop();
    CHECK(fault.faults() == 1);
  }
  io.restart();
  io.run_for(patience); // returns when nothing is pending
  CHECK(io.stopped());
  CHECK(free_slots(*pool) == pool->slot_count());
}

namespace {

// Runs with call `at` of `Fault` failing; returns false if there is no such call.
template <class Fault>
bool set_up_with(int at, int error, bool required) {
  CAPTURE(at, error, required);
  asio::io_context io;
  std::size_t delivered = 0;
  std::error_code failed;
  const Fault fault({.at = at, .error = error});
  const auto fields = ancillary::field_set{field::destination, field::hop_limit, field::timestamp,
                                           field::traffic_class};
  ancillary::receiver receiver(
      io, loopback_any_port(),
      [&](const packet& each) {
        ++delivered;
        each.reply(each.payload());
      },
      {.metadata = required ? ancillary::require(fields - ancillary::field_set{field::timestamp})
                            : ancillary::want(fields)},
      failed);
  if (!failed) {
    receiver.start();
    loopback_sender(receiver.local_endpoint()).send("x");
    REQUIRE(run_until(io, [&] { return delivered == 1; }));
    const ancillary::send_counters back = receiver.reply_counters();
    CHECK(back.datagrams + back.errors == 1);
  } else {
    CHECK(failed.value() == error);
  }
  return fault.faults() != 0;
}

template <class Fault>
int places_of(int error) {
  int at = 1;
  for (const bool required : {false, true}) {
    for (at = 1; set_up_with<Fault>(at, error, required); ++at) {
    }
  }
  return at - 1;
}

} // namespace

TEST_CASE("setsockopt fails at any step of a set-up on Windows", "[faults]") {
  CHECK(places_of<faulty_set>(WSAENOPROTOOPT) >= 3);
  CHECK(places_of<faulty_set>(WSAENOBUFS) >= 3);
}

TEST_CASE("getsockopt fails at any step of a set-up or of the first reply on Windows", "[faults]") {
  CHECK(places_of<faulty_get>(WSAENOPROTOOPT) >= 2);
  CHECK(places_of<faulty_get>(WSAENOBUFS) >= 2);
}

TEST_CASE("WSAIoctl fails at any step of a set-up: set-up fails without WSARecvMsg", "[faults]") {
  CHECK(places_of<faulty_ioctl>(WSAEOPNOTSUPP) >= 3); // the function, and two kinds of ICMP errors
  const faulty_ioctl fault({.at = 1, .times = 100, .error = WSAEINVAL});
  asio::io_context io;
  std::error_code error;
  ancillary::receiver receiver(
      io, loopback_any_port(), [](const packet&) {}, {}, error);
  CHECK(error.value() == WSAEINVAL);
}

TEST_CASE("ioctlsocket fails: sender and drain report it, a reply counts as an error", "[faults]") {
  asio::io_context io;
  asio::ip::udp::socket socket(io, loopback_any_port());
  const faulty_mode fault({.at = 1, .times = 2, .error = WSAENOBUFS});
  std::error_code error;
  const ancillary::sender out(socket.native_handle(), {}, error);
  CHECK(error.value() == WSAENOBUFS);
  error.clear();
  const ancillary::drain pulled(socket.native_handle(), {}, error);
  CHECK(error.value() == WSAENOBUFS);
  CHECK(places_of<faulty_mode>(WSAENOBUFS) == 1);
}

TEST_CASE("occupancy: no receive queue if the system does not tell", "[faults]") {
  asio::io_context io;
  ancillary::receiver receiver(io, loopback_any_port(), [](const packet&) {});
  {
    const faulty_mode fault({.at = 1, .error = WSAEFAULT});
    CHECK(!receiver.occupancy().queue);
    CHECK(fault.faults() == 1);
  }
  const faulty_get fault({.at = 1, .error = WSAEFAULT});
  CHECK(!receiver.occupancy().queue);
  CHECK(fault.faults() == 1);
  CHECK(receiver.occupancy().queue);
}

TEST_CASE("WSASendMsg fails for any reply with any error: each reply is counted", "[faults]") {
  for (const int error : {WSAEWOULDBLOCK, WSAENOBUFS, WSAECONNRESET, WSAEHOSTUNREACH, WSAEMSGSIZE,
                          WSAEACCES, WSAENOTSOCK, WSAEINVAL}) {
    for (int at = 1; at <= 3; ++at) {
      CAPTURE(error, at);
      asio::io_context io;
      std::size_t delivered = 0;
      ancillary::receiver receiver(io, loopback_any_port(),
                                   [&](const packet& each) {
                                     ++delivered;
                                     each.reply(each.payload());
                                   },
                                   {.metadata = ancillary::want({field::destination})});
      loopback_sender from(receiver.local_endpoint());
      for (std::size_t i = 0; i < 10; ++i) {
        from.send("x");
      }
      const faulty_send fault({.at = at, .error = error});
      receiver.start();
      REQUIRE(run_until(io, [&] { return delivered == 10 && fault.faults() == 1; }));
      receiver.stop();
      io.restart();
      io.run_for(patience); // to the end: a cancelled receive completes later
      const ancillary::send_counters back = receiver.reply_counters();
      CHECK(back.datagrams + back.errors + back.dropped == 10);
      CHECK(back.errors <= 1);
    }
  }
}

TEST_CASE("coalescing guard: a failure to disable coalescing is reported", "[faults]") {
  asio::io_context io;
  asio::ip::udp::socket socket(io, loopback_any_port());
  const faulty_set fault({.at = 1, .error = WSAENOBUFS});
  CHECK_FALSE(ancillary::detail::switch_off_coalescing(socket.native_handle()));
  CHECK(fault.faults() == 1);
}

TEST_CASE("a dual-stack socket cannot get its port exclusively: set-up reports it", "[faults]") {
  const faulty_set fault({.at = 1, .error = WSAENOBUFS});
  asio::io_context io;
  std::error_code error;
  ancillary::receiver receiver(
      io, {asio::ip::udp::v6(), 0}, [](const packet&) {}, {.dual_stack = true}, error);
  CHECK(error.value() == WSAENOBUFS);
}

TEST_CASE("GetAdaptersAddresses fails: no interface address is found", "[faults]") {
  using ancillary::detail::interface_address;
  const auto found = [](const fault_plan& plan) {
    const faulty_adapters fault(plan);
    for (std::uint32_t index = 1; index < 10; ++index) {
      if (interface_address(index, ancillary::ip_family::v4)) {
        return true;
      }
    }
    return false;
  };
  REQUIRE(found({}));
  CHECK_FALSE(found({.at = 1, .times = 100, .error = ERROR_NOT_ENOUGH_MEMORY}));
  CHECK(found({.at = 1, .error = ERROR_BUFFER_OVERFLOW}));
  CHECK_FALSE(found({.at = 1, .times = 100, .error = ERROR_BUFFER_OVERFLOW}));
}

TEST_CASE("the socket cannot become non-blocking: set-up reports it", "[faults]") {
  const faulty_receive without_asking(
      {}); // without looking up the extension function, which would fail first
  asio::io_context io;
  std::error_code error;
  ancillary::receiver receiver(
      asio::ip::udp::socket(io), [](const packet&) {}, {}, error);
  CHECK(error);
}

TEST_CASE("getsockname fails: replies leave", "[faults]") {
  asio::io_context io;
  asio::ip::udp::socket own(io, loopback_any_port());
  asio::ip::udp::socket peer(io, loopback_any_port());
  const faulty_call<&system_calls::getsockname> fault(
      {.at = 1, .times = 1000, .error = WSAENOBUFS});
  ancillary::sender out(own.native_handle());
  const ancillary::outgoing reply{.remote = peer.local_endpoint(), .is_reply = true};
  std::error_code error;
  CHECK(out.send({&reply, 1}, error) == 1);
  CHECK(fault.faults() != 0);
}
