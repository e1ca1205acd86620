// Errors of WSASendMsg: what is sent then, and how the next datagrams are sent.
#include "../machine.hpp"
#include "platform/windows/system_calls.hpp"
#include <ancillary/recvmsg/sender.hpp>

#include <array>
#include <deque>
#include <string_view>

using namespace ancillary_test;
using ancillary::outgoing;
using ancillary::send_errc;

namespace {

std::deque<std::uint32_t> answers; // of the next calls; none or 0: the stand-in's
decltype(ancillary::detail::system_calls::sendmsg) next_in_line = nullptr;

int fail_with(std::uint32_t error) {
  ::WSASetLastError(static_cast<int>(error));
  return SOCKET_ERROR;
}

int WSAAPI send_or_fail(SOCKET socket, LPWSAMSG message, DWORD flags, LPDWORD sent,
                        LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  if (!answers.empty()) {
    const auto error = answers.front();
    answers.pop_front();
    if (error != 0) {
      return fail_with(error);
    }
  }
  return next_in_line(socket, message, flags, sent, overlapped, routine);
}

int WSAAPI keep_mode(SOCKET, long, u_long*) { return fail_with(WSAENOBUFS); }

// A sender of runs, and a socket to send to.
struct line {
  line() {
    answers.clear();
    next_in_line = std::exchange(ancillary::detail::system.sendmsg, &send_or_fail);
  }

  [[nodiscard]] outgoing to_peer(std::string_view payload = "x") const {
    return {.payload = std::as_bytes(std::span(payload)), .remote = to.local_endpoint()};
  }
  // Two datagrams of one header; returns how many were sent.
  std::size_t send_two(const outgoing& like) { return out.send(std::array{like, like}, error); }

  stand_in windows{windows_profile::windows_11};
  asio::io_context io;
  asio::ip::udp::socket from{io, any_port("127.0.0.1")};
  asio::ip::udp::socket to{io, any_port("127.0.0.1")};
  ancillary::sender out{from.native_handle(), {.segment_runs = true}};
  std::error_code error;
};

void check_runs_continue(line& test) {
  test.windows.departures.clear();
  CHECK(test.send_two(test.to_peer()) == 2);
  REQUIRE(test.windows.departures.size() == 1);
  CHECK(test.windows.departures[0].payload == "xx");
}

} // namespace

TEST_CASE("stand-in: a datagram that the library refuses leaves segment offload on") {
  line test;
  outgoing refused = test.to_peer();
  send_errc reason{};
  SECTION("a reply to no port") {
    refused.is_reply = true;
    refused.remote.port(0);
    reason = send_errc::remote_refused;
  }
  SECTION("an IPv6 remote on an IPv4 socket") {
    refused.remote = {asio::ip::address_v6::loopback(), 9};
    reason = send_errc::family_mismatch;
  }
  SECTION("congestion experienced") {
    refused.ecn = ancillary::ecn_codepoint::ce;
    reason = send_errc::ecn_refused;
  }
  CHECK(test.send_two(refused) == 0);
  CHECK(test.error == reason);
  refused.payload = test.to_peer("abcd").payload;
  refused.segment_bytes = 2;
  CHECK(test.send_two(refused) == 0);
  CHECK(test.error == reason);
  CHECK(test.out.counters().segments_refused == 0);
  CHECK(test.out.counters().calls == 0);
  check_runs_continue(test);
}

TEST_CASE("stand-in: a run fails for another reason than its segments: the error is returned, and "
          "segment offload stays on") {
  line test;
  for (const std::uint32_t reason : {winsock::network_unreachable, winsock::no_buffer_space}) {
    answers = {reason};
    CHECK(test.send_two(test.to_peer()) == 0);
    CHECK(test.error.value() == static_cast<int>(reason));
    outgoing cut = test.to_peer("abcd");
    cut.segment_bytes = 2;
    answers = {reason};
    CHECK(test.out.send({&cut, 1}, test.error) == 0);
    CHECK(test.error.value() == static_cast<int>(reason));
  }
  CHECK(test.windows.departures.empty());
  CHECK(test.out.counters().segments_refused == 0);
  check_runs_continue(test);
}

TEST_CASE("stand-in: a run with segments too long for the path is sent separately, the next one "
          "is not") {
  line test;
  answers = {winsock::message_size};
  CHECK(test.send_two(test.to_peer()) == 2);
  CHECK(test.windows.departures.size() == 2);
  CHECK(test.out.counters().calls == 3);
  check_runs_continue(test);
}

TEST_CASE("stand-in: row 28, a source that the machine has no longer is omitted, either way, and "
          "segment offload stays on") {
  line test;
  test.windows.now.answer_to_source =
      GENERATE(winsock::invalid_argument, winsock::address_not_available);
  outgoing lost = test.to_peer();
  lost.source = ancillary::ip_address::v4({127, 0, 0, 9});
  CHECK(test.out.send({&lost, 1}, test.error) == 1);
  CHECK(test.out.counters().without_source == 1);
  CHECK(test.send_two(lost) == 2);
  CHECK(test.out.counters().without_source == 3);
  lost.payload = test.to_peer("abcd").payload;
  lost.segment_bytes = 2;
  CHECK(test.out.send({&lost, 1}, test.error) == 1);
  CHECK(test.out.counters().without_source == 5);
  for (const departure& each : test.windows.departures) {
    CHECK_FALSE(each.asked.destination);
  }
  test.windows.now.answer_to_source = 0;
  check_runs_continue(test);
}

TEST_CASE("stand-in: row 28, a reply whose source the machine has no longer leaves, either way") {
  machine m(windows_profile::windows_11);
  m.windows.now.answer_to_source =
      GENERATE(winsock::invalid_argument, winsock::address_not_available);
  m.answer = [](const packet& request) { request.reply(request.payload()); };
  m.listen("127.0.0.1", {.metadata = ancillary::require({field::destination})});
  m.send("x");
  REQUIRE(m.run_until(
      [&] { return !m.windows.departures.empty() || m.receiver().reply_counters().errors != 0; }));
  const auto replies = m.receiver().reply_counters();
  CHECK(replies.datagrams == 1);
  CHECK(replies.without_source == 1);
  CHECK(replies.errors == 0);
}

TEST_CASE("stand-in: async_send makes the socket non-blocking before it sends, or fails") {
  line test;
  std::error_code result;
  const auto send = [&] {
    ancillary::async_send(test.from, test.to_peer(),
                          [&](const std::error_code& error) { result = error; });
    test.io.restart();
    test.io.run_for(patience); // returns when nothing is pending
  };
  asio::ip::udp::socket other(test.io, any_port("127.0.0.1"));
  test.from = std::move(other); // not the sender's
  send();
  CHECK_FALSE(result);
  REQUIRE(test.windows.departures.size() == 1);
  CHECK_FALSE(test.windows.departures[0].could_block);
  ancillary::detail::system.ioctlsocket = &keep_mode;
  send();
  CHECK(result.value() == WSAENOBUFS);
  CHECK(test.windows.departures.size() == 1);
}
