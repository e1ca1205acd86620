// How the library calls Winsock, observed behind the entry points.
#include "../machine.hpp"
#include "platform/windows/system_calls.hpp"

using namespace ancillary_test;
using ancillary::detail::system_calls;

namespace {

system_calls real;
int times_looked_up = 0;

int WSAAPI counting_ioctl(SOCKET socket, DWORD code, LPVOID in, DWORD in_bytes, LPVOID out,
                          DWORD out_bytes, LPDWORD bytes, LPWSAOVERLAPPED overlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  times_looked_up += code == SIO_GET_EXTENSION_FUNCTION_POINTER ? 1 : 0;
  return real.ioctl(socket, code, in, in_bytes, out, out_bytes, bytes, overlapped, routine);
}

} // namespace

TEST_CASE("WSARecvMsg is looked up once per receiver, not per receive") {
  real = ancillary::detail::system;
  ancillary::detail::system.ioctl = &counting_ioctl;
  times_looked_up = 0;
  {
    asio::io_context io;
    std::size_t seen = 0;
    ancillary::receiver receiver(io, any_port("127.0.0.1"), [&](const packet&) { ++seen; });
    receiver.start();
    asio::ip::udp::socket from(io, any_port("127.0.0.1"));
    for (std::size_t i = 1; i <= 5; ++i) {
      from.send_to(asio::buffer("x", 1), receiver.local_endpoint());
      while (seen < i && io.run_one_for(patience) != 0) {
      }
    }
    CHECK(seen == 5);
    receiver.stop();
    io.run_for(std::chrono::milliseconds(20));
  }
  ancillary::detail::system = real;
  CHECK(times_looked_up == 1);
}

TEST_CASE("stand-in: the output of a call that would block is ignored") {
  // The stand-in fills them with garbage whenever a call returns no datagram.
  machine m(windows_profile::windows_11);
  m.listen("127.0.0.1", {.metadata = ancillary::want(five_options)});
  for (std::size_t i = 1; i <= 10; ++i) {
    m.send("x");
    REQUIRE(m.receives(i));
  }
  const auto now = m.receiver().counters();
  CHECK(now.datagrams == 10);
  CHECK(now.bytes == 10);
  CHECK(now.payload_truncated + now.control_truncated + now.control_malformed == 0);
}

TEST_CASE("stand-in: while a receive is pending, non-blocking calls receive nothing") {
  machine m(windows_profile::windows_11);
  m.listen("127.0.0.1", {});
  m.run_for(std::chrono::milliseconds(5));
  m.send("for the pending one");
  char room = 0;
  WSABUF buffer{1, &room};
  WSAMSG message{};
  message.lpBuffers = &buffer;
  message.dwBufferCount = 1;
  DWORD received = 0;
  const int result =
      ancillary::detail::system.recvmsg(m.handle(), &message, &received, nullptr, nullptr);
  CHECK(result == SOCKET_ERROR);
  CHECK(::WSAGetLastError() == WSAEWOULDBLOCK);
  REQUIRE(m.receives(1));
  CHECK(m.seen[0].text == "for the pending one");
}

TEST_CASE("stand-in: the slot of a pending receive returns with its completion, also after close") {
  stand_in windows(windows_profile::windows_11);
  asio::io_context io;
  windows.run_on(io);
  const auto pool = ancillary::slot_pool::make({.batch = 4});
  {
    ancillary::receiver receiver(io, any_port("127.0.0.1"), [](const packet&) {}, {.pool = pool});
    receiver.start();
    io.run_for(std::chrono::milliseconds(5));
    CHECK(pool.use_count() == 2); // ours and the loop's
  }
  // The receiver is destroyed; the system still has the slot.
  CHECK(pool.use_count() == 2);
  io.restart();
  while (pool.use_count() != 1 && io.run_one_for(patience) != 0) {
  }
  CHECK(pool.use_count() == 1);
}
