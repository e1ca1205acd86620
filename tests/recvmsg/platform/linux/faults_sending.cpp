// sendmmsg fails at each call with each possible error: every reply and every datagram of a sender
// is sent or counted, and the receiver continues.
#include "faulty_call.hpp"
#include "platform/linux/vrf_members.hpp"
#include "send/reply_rules.hpp"
#include "support/catch.hpp"
#include "support/free_slots.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

using namespace ancillary_test;
using ancillary::packet;
using ancillary::detail::system_calls;

namespace {

using faulty_send = faulty_call<&system_calls::sendmmsg>;

// send(2), ip(7), udp(7), netfilter's EPERM, and an ICMP message's error.
constexpr int errors[] = {EAGAIN,        EINTR,  ENOBUFS, ENOMEM,       ECONNREFUSED, EHOSTUNREACH,
                          ENETUNREACH,   EACCES, EPERM,   EMSGSIZE,     EINVAL,       EIO,
                          EADDRNOTAVAIL, EPIPE,  EBADF,   EDESTADDRREQ, ENETDOWN};

constexpr std::size_t requests = 20;

} // namespace

TEST_CASE("sendmmsg fails for any batch of replies with any error: each reply is counted",
          "[faults]") {
  const auto full = GENERATE(ancillary::full_send_buffer::drop, ancillary::full_send_buffer::wait);
  const bool segments = GENERATE(false, true);
  for (const int error : errors) {
    for (int at = 1; at <= 3; ++at) {
      CAPTURE(error, at, segments);
      asio::io_context io;
      auto pool = ancillary::slot_pool::make({.batch = 8});
      std::size_t delivered = 0;
      ancillary::receiver receiver(io, loopback_any_port(),
                                   [&](const packet& each) {
                                     ++delivered;
                                     each.reply(each.payload());
                                   },
                                   {.metadata = ancillary::want({ancillary::field::destination}),
                                    .on_full_send_buffer = full,
                                    .segment_replies = segments,
                                    .pool = pool});
      loopback_sender from(receiver.local_endpoint());
      for (std::size_t i = 0; i < requests; ++i) {
        from.send("x");
      }
      const faulty_send fault({.at = at, .error = error});
      receiver.start();
      REQUIRE(run_until(io, [&] { return delivered == requests && fault.faults() == 1; }));
      receiver.stop();
      io.restart();
      io.poll();
      const ancillary::send_counters back = receiver.reply_counters();
      CHECK(back.datagrams + back.errors + back.dropped == requests);
      CHECK(back.errors <= 1);
      CHECK(back.send_buffer_full == (error == EAGAIN ? 1u : 0u));
      if (error == EAGAIN) {
        CHECK((back.dropped == 0) == (full == ancillary::full_send_buffer::wait));
      } else {
        CHECK(back.dropped == 0);
      }
      from.socket().non_blocking(true);
      std::array<char, 16> buffer{};
      std::size_t answers = 0;
      for (std::error_code none; from.socket().receive(asio::buffer(buffer), 0, none) == 1;) {
        ++answers;
      }
      CHECK(answers == back.datagrams);
      CHECK(free_slots(*pool) == pool->slot_count());
      CHECK(receiver.counters().datagrams == delivered);
    }
  }
}

TEST_CASE("sendmmsg fails for a sender at any datagram with any error: the rest is sent",
          "[faults]") {
  asio::io_context io;
  asio::ip::udp::socket peer(io, loopback_any_port());
  asio::ip::udp::socket own(io, loopback_any_port());
  peer.non_blocking(true);
  const std::array<std::byte, 3000> payload{};
  for (const std::uint32_t segment_bytes : {0u, 1000u}) {
    for (const int error : errors) {
      for (int at = 1; at <= 4; ++at) {
        CAPTURE(segment_bytes, error, at);
        ancillary::sender out(own.native_handle());
        const std::vector<ancillary::outgoing> all(
            100, {.payload = std::span(payload).first(segment_bytes != 0 ? 3000 : 10),
                  .remote = peer.local_endpoint(),
                  .segment_bytes = segment_bytes});
        const std::size_t datagrams_in_one = segment_bytes != 0 ? 3 : 1;
        std::size_t received = 0;
        const auto receive_all = [&] {
          std::array<char, 4000> buffer{};
          std::error_code none;
          while (peer.receive(asio::buffer(buffer), 0, none), !none) {
            ++received;
          }
        };
        const faulty_send fault({.at = at, .error = error});
        std::size_t gone = 0;
        std::size_t refused = 0;
        std::span<const ancillary::outgoing> left(all);
        for (int calls = 0; !left.empty(); ++calls) {
          REQUIRE(calls < 200);
          std::error_code said;
          const std::size_t sent =
              out.send(left.first(std::min<std::size_t>(10, left.size())), said);
          gone += sent;
          left = left.subspan(sent);
          if (said && said != asio::error::would_block) {
            ++refused;
            left = left.subspan(1);
          }
          receive_all();
        }
        CHECK(gone + refused == all.size());
        CHECK(refused <= 1);
        CHECK(received == gone * datagrams_in_one);
        CHECK(out.counters().datagrams == received);
        CHECK(out.counters().errors == refused);
      }
    }
  }
}

TEST_CASE("sendmmsg fails for async_send: it waits for a full buffer and reports any other error",
          "[faults]") {
  asio::io_context io;
  asio::ip::udp::socket peer(io, loopback_any_port());
  asio::ip::udp::socket own(io, loopback_any_port());
  const std::array<std::byte, 3000> payload{};
  for (const std::uint32_t segment_bytes : {0u, 1000u}) {
    for (const int error : errors) {
      CAPTURE(segment_bytes, error);
      // Reported once, these are treated as an earlier datagram's errors.
      const std::array of_an_earlier_one{ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN,
                                         ENOPROTOOPT,  EPROTO,       EACCES,      EMSGSIZE};
      const bool twice = std::ranges::find(of_an_earlier_one, error) != of_an_earlier_one.end();
      const faulty_send fault({.at = 1, .times = twice ? 2 : 1, .error = error});
      std::optional<std::error_code> result;
      ancillary::async_send(
          own,
          {.payload = payload, .remote = peer.local_endpoint(), .segment_bytes = segment_bytes},
          [&](std::error_code said) { result = said; });
      REQUIRE(run_until(io, [&] { return result.has_value(); }));
      const bool without =
          segment_bytes != 0 && (error == EIO || error == EINVAL || error == EMSGSIZE);
      const bool survived = error == EAGAIN || error == EINTR || without;
      CHECK(result->value() == (survived ? 0 : error));
    }
  }
}

TEST_CASE("replies leave as the routes decide if the host does not list its addresses",
          "[faults]") {
  using ancillary::detail::list_host_addresses;
  asio::io_context io;
  asio::ip::udp::socket own(io, loopback_any_port());
  const auto known = list_host_addresses(own.native_handle());
  REQUIRE(known);
  CHECK(ancillary::detail::local_address_of(own.native_handle()).port ==
        own.local_endpoint().port());
  {
    const faulty_call<&system_calls::getifaddrs> fault({.at = 1, .error = ENOMEM});
    CHECK_FALSE(list_host_addresses(own.native_handle()));
  }
  {
    // Whose addresses would be listed is unknown.
    const faulty_call<&system_calls::socket> fault({.at = 1, .error = EMFILE});
    CHECK_FALSE(list_host_addresses(own.native_handle()));
  }
  {
    const faulty_call<&system_calls::socket> fault({.at = 1, .error = EAFNOSUPPORT});
    CHECK(list_host_addresses(own.native_handle()));
  }
  {
    const faulty_call<&system_calls::socket> netlink({.at = 2, .error = EMFILE});
    CHECK(list_host_addresses(own.native_handle()));
  }
  {
    // A kernel that cannot distinguish networks has one.
    const faulty_call<&system_calls::getsockopt> fault({.at = 1, .times = 2, .error = ENOPROTOOPT});
    CHECK(list_host_addresses(own.native_handle()));
  }
  {
    const faulty_call<&system_calls::send> fault({.at = 1, .error = ENOBUFS});
    CHECK(ancillary::detail::vrf_members().empty());
  }
  {
    const faulty_call<&system_calls::recvmsg> fault({.at = 1, .error = ENOBUFS});
    CHECK(ancillary::detail::vrf_members().empty());
  }
  const faulty_call<&system_calls::getsockname> fault({.at = 1, .times = 1000, .error = ENOBUFS});
  CHECK(ancillary::detail::local_address_of(own.native_handle()).port == 0);
  ancillary::sender out(own.native_handle());
  asio::ip::udp::socket peer(io, loopback_any_port());
  const ancillary::outgoing reply{.remote = peer.local_endpoint(), .is_reply = true};
  std::error_code error;
  CHECK(out.send({&reply, 1}, error) == 1);
}
