// recvmmsg fails, returns early or is interrupted, at each call and with each possible error: no
// datagram and no slot is lost, and nothing hangs.
#include "faulty_call.hpp"
#include "support/catch.hpp"
#include "support/free_slots.hpp"
#include "support/loopback_pair.hpp"
#include "support/ways_to_receive.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace ancillary_test;
using ancillary::detail::system_calls;

namespace {

using faulty_receive = faulty_call<&system_calls::recvmmsg>;

struct expectation {
  int error;
  receive_condition condition; // none: not an error
};

// recvmsg(2), ip(7), udp(7), and the socket errors that ICMP messages cause.
const expectation errors[] = {
    {EAGAIN, receive_condition::none},
    {EINTR, receive_condition::interrupted},
    {ENOBUFS, receive_condition::out_of_resources},
    {ENOMEM, receive_condition::out_of_resources},
    {ECONNREFUSED, receive_condition::port_unreachable},
    {EHOSTUNREACH, receive_condition::host_unreachable},
    {ENETUNREACH, receive_condition::host_unreachable},
    {ENOPROTOOPT, receive_condition::host_unreachable},
    {EHOSTDOWN, receive_condition::host_unreachable},
    {EMSGSIZE, receive_condition::message_too_long},
    {ENETDOWN, receive_condition::network_down},
    {EIO, receive_condition::other},
    {EACCES, receive_condition::host_unreachable},
    {EPROTO, receive_condition::host_unreachable},
    {EFAULT, receive_condition::other},
};

auto bound_socket = [](asio::io_context& io) {
  return asio::ip::udp::socket(io, loopback_any_port());
};

constexpr std::size_t burst = 20;

// A burst to a socket, and more on request. After EAGAIN, and after fewer datagrams than requested,
// the kernel signals the next datagram (epoll(7), recvmmsg(2)): that datagram then shows that no
// datagram and no slot was lost.
class traffic {
public:
  template <class Way>
  explicit traffic(Way& way) : from_(way.socket().local_endpoint()) {
    for (std::size_t i = 0; i < burst; ++i) {
      one_more();
    }
  }
  void one_more() {
    from_.send("x");
    ++sent;
  }
  // Another event, if the earlier ones delivered nothing for a few turns.
  void one_more_if_at_rest(std::size_t delivered) {
    at_rest_ = std::exchange(delivered_before_, delivered) == delivered ? at_rest_ + 1 : 0;
    if (at_rest_ == 4) {
      one_more();
      at_rest_ = 0;
    }
  }
  std::size_t sent = 0;

private:
  loopback_sender from_;
  std::size_t delivered_before_ = 0;
  int at_rest_ = 0;
};

// Everything received is delivered or counted, once the loop is idle.
template <class Way>
void check_account(Way& way) {
  CHECK(way.run_until([&] {
    const ancillary::receive_counters counted = way.counters();
    return counted.datagrams == way.seen.delivered + counted.filtered + counted.discarded_on_stop;
  }));
}

#define EVERY_WAY callback_form, batch_callback_form, coroutine_form, own_loop_form

} // namespace

TEMPLATE_TEST_CASE("recvmmsg fails at any call with any transient error: no datagram is lost",
                   "[faults]", EVERY_WAY) {
  for (const expectation& expected : errors) {
    for (int at = 1; at <= 5; ++at) {
      CAPTURE(expected.error, at);
      const faulty_receive fault({.at = at, .error = expected.error});
      TestType way(bound_socket, {.batch = 8, .budget_batches = 2});
      traffic now(way);
      REQUIRE(way.run_until([&] {
        if (way.seen.delivered == now.sent && fault.faults() == 1) {
          return true;
        }
        if (fault.faults() == 0) {
          now.one_more(); // a call for it to fail
        } else if (expected.error == EAGAIN) {
          now.one_more_if_at_rest(way.seen.delivered);
        }
        return false;
      }));
      const bool reported = expected.condition != receive_condition::none &&
                            expected.condition != receive_condition::interrupted;
      REQUIRE(way.run_until([&] { return way.seen.errors.size() == (reported ? 1u : 0u); }));
      if (reported) {
        CHECK(way.seen.errors[0].condition == expected.condition);
        CHECK(way.seen.errors[0].code.value() == expected.error);
        CHECK_FALSE(way.seen.errors[0].fatal);
      }
      if (expected.condition != receive_condition::none) {
        CHECK(way.counters().errors_of(expected.condition) == 1);
      }
      check_account(way);
    }
  }
}

TEMPLATE_TEST_CASE("consecutive errors do not end receiving", "[faults]", EVERY_WAY) {
  for (const int error : {EAGAIN, EINTR, ENOBUFS, ECONNREFUSED, EIO}) {
    CAPTURE(error);
    const faulty_receive fault({.at = 2, .times = 15, .error = error});
    TestType way(bound_socket, {.batch = 8});
    traffic now(way);
    REQUIRE(way.run_until([&] {
      if (way.seen.delivered == now.sent && fault.faults() == 15) {
        return true;
      }
      if (error == EAGAIN) {
        now.one_more_if_at_rest(way.seen.delivered);
      }
      return false;
    }));
    check_account(way);
  }
}

TEMPLATE_TEST_CASE("recvmmsg reports a closed socket: receiving ends with a fatal error",
                   "[faults]", EVERY_WAY) {
  for (const int error : {EBADF, ENOTSOCK}) {
    for (int at = 1; at <= 3; ++at) {
      CAPTURE(error, at);
      const faulty_receive fault({.at = at, .error = error});
      TestType way(bound_socket, {.batch = 8});
      traffic now(way);
      REQUIRE(way.run_until([&] {
        now.one_more();
        return !way.seen.errors.empty();
      }));
      CHECK(way.seen.errors[0].condition == receive_condition::socket_closed);
      CHECK(way.seen.errors[0].fatal);
      way.run_for(std::chrono::milliseconds(5));
      CHECK(way.seen.errors.size() == 1);
      CHECK(fault.calls() == at);
      check_account(way);
    }
  }
}

TEST_CASE("a receiver restarted after a fatal error receives the rest", "[faults]") {
  asio::io_context io;
  auto pool = ancillary::slot_pool::make({.batch = 8});
  std::size_t delivered = 0;
  std::vector<ancillary::receive_error> errors_seen;
  ancillary::receiver receiver(io, loopback_any_port(), [&](const packet&) { ++delivered; },
                               {.pool = pool});
  receiver.on_error([&](const ancillary::receive_error& error) { errors_seen.push_back(error); });
  const faulty_receive fault({.at = 2, .error = EBADF});
  loopback_sender from(receiver.local_endpoint());
  for (std::size_t i = 0; i < burst; ++i) {
    from.send("x");
  }
  receiver.start();
  io.run(); // returns: nothing is pending
  CHECK(delivered == 8);
  REQUIRE(errors_seen.size() == 1);
  CHECK(free_slots(*pool) == pool->slot_count());
  receiver.start();
  REQUIRE(run_until(io, [&] { return delivered == burst; }));
  CHECK(receiver.counters().datagrams == burst);
}

TEMPLATE_TEST_CASE("a lasting lack of resources is retried after pauses, not in a busy loop",
                   "[faults]", callback_form, batch_callback_form, coroutine_form) {
  const faulty_receive fault({.at = 1, .times = 1'000'000, .error = ENOBUFS});
  TestType way(bound_socket, {});
  const traffic now(way);
  way.run_for(std::chrono::milliseconds(60));
  CHECK(fault.calls() >= 1);
  CHECK(fault.calls() <= 8); // one every 10 ms
}

namespace {

// recvmmsg that once returns fewer datagrams than are pending, as it does when an error occurs
// between them.
struct short_batch {
  int at;
  unsigned most;
};
short_batch cut{};
int cut_short(int socket, mmsghdr* messages, unsigned count, int flags, timespec* timeout) {
  const unsigned most = --cut.at == 0 ? std::min(count, cut.most) : count;
  return ::recvmmsg(socket, messages, most, flags, timeout);
}

} // namespace

TEMPLATE_TEST_CASE("all datagrams arrive in order after a short batch", "[faults]", EVERY_WAY) {
  for (int at = 1; at <= 3; ++at) {
    for (unsigned most = 1; most < 8; ++most) {
      CAPTURE(at, most);
      TestType way(bound_socket, {.batch = 8, .budget_batches = 2});
      std::string order;
      way.seen.on_packet = [&](const packet& each) {
        order.push_back(static_cast<char>(each.payload()[0]));
      };
      cut = {at, most};
      ancillary::detail::system.recvmmsg = &cut_short;
      loopback_sender from(way.socket().local_endpoint());
      const std::string letters = "abcdefghijklmnopqrst";
      for (const char each : letters) {
        from.send({&each, 1});
      }
      way.run_for(std::chrono::milliseconds(2));
      from.send("."); // the event that the error would cause
      const bool all = way.run_until([&] { return order == letters + "."; });
      ancillary::detail::system.recvmmsg = &::recvmmsg;
      REQUIRE(all);
      check_account(way);
    }
  }
}

TEST_CASE("stop at any receive call: nothing more is delivered, and the rest is counted",
          "[faults]") {
  for (int at = 1; at <= 4; ++at) {
    CAPTURE(at);
    asio::io_context io;
    auto pool = ancillary::slot_pool::make({.batch = 6});
    std::size_t delivered = 0;
    std::optional<std::size_t> at_stop;
    ancillary::receiver receiver(io, loopback_any_port(), [&](const packet&) { ++delivered; },
                                 {.pool = pool});
    const faulty_receive fault({.at = at, .before = [&] {
                                  at_stop = delivered;
                                  receiver.stop();
                                }});
    loopback_sender from(receiver.local_endpoint());
    for (std::size_t i = 0; i < burst; ++i) {
      from.send("x");
    }
    receiver.start();
    io.run();
    REQUIRE(at_stop);
    CHECK(delivered == *at_stop);
    const ancillary::receive_counters counted = receiver.counters();
    CHECK(counted.datagrams == delivered + counted.discarded_on_stop);
    CHECK(counted.discarded_on_stop == std::min<std::size_t>(6, burst - delivered));
    CHECK(free_slots(*pool) == pool->slot_count());
    // The socket still holds the other datagrams.
    receiver.start();
    REQUIRE(run_until(io, [&] { return receiver.counters().datagrams == burst; }));
  }
}

TEST_CASE("the socket closes at any receive call: receiving ends and no slot is lost", "[faults]") {
  for (int at = 1; at <= 4; ++at) {
    CAPTURE(at);
    asio::io_context io;
    auto pool = ancillary::slot_pool::make({.batch = 6});
    std::size_t delivered = 0;
    std::vector<ancillary::receive_error> errors_seen;
    ancillary::receiver receiver(io, loopback_any_port(), [&](const packet&) { ++delivered; },
                                 {.pool = pool});
    receiver.on_error([&](const ancillary::receive_error& e) { errors_seen.push_back(e); });
    loopback_sender from(receiver.local_endpoint());
    for (std::size_t i = 0; i < burst; ++i) {
      from.send("x");
    }
    const faulty_receive fault({.at = at, .before = [&] { receiver.socket().close(); }});
    receiver.start();
    io.run();
    REQUIRE(errors_seen.size() == 1);
    CHECK(errors_seen[0].fatal);
    CHECK(receiver.counters().datagrams == delivered);
    CHECK(free_slots(*pool) == pool->slot_count());
  }
}
