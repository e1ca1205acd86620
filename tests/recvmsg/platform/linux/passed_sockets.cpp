// Sockets that another program opened.
#include "faulty_call.hpp"
#include "hand_over_lab.hpp"

using namespace ancillary_test;
using ancillary::detail::system_calls;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("passed sockets: lanes receive on them, one each", "[lanes]") {
  asio::io_context io;
  std::vector<int> handles;
  asio::ip::udp::endpoint endpoint = loopback_any_port();
  for (int i = 0; i < 3; ++i) {
    asio::ip::udp::socket socket(io, endpoint.protocol());
    const int on = 1;
    REQUIRE(::setsockopt(socket.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0);
    socket.bind(endpoint);
    endpoint = socket.local_endpoint();
    handles.push_back(::dup(socket.native_handle()));
  }
  record seen;
  lanes server(ancillary::passed_sockets(handles), seen.handlers());
  CHECK(server.size() == 3);
  CHECK(server.local_endpoint() == endpoint);
  server.start();
  traffic to(endpoint);
  to.send(40);
  CHECK(poll_until([&] { return seen.total() == 40; }));
}

TEST_CASE("passed sockets: none, or of several ports, are errors", "[lanes]") {
  asio::io_context io;
  record seen;
  CHECK_THROWS_WITH(lanes(ancillary::passed_sockets(), seen.handlers()),
                    ContainsSubstring("there is none"));
  asio::ip::udp::socket one(io, loopback_any_port());
  asio::ip::udp::socket two(io, loopback_any_port());
  ancillary::passed_sockets both({::dup(one.native_handle()), ::dup(two.native_handle())});
  CHECK_THROWS_WITH(lanes(std::move(both), seen.handlers()), ContainsSubstring("is bound to"));
}

TEST_CASE("passed sockets: a descriptor that is no socket is named", "[lanes]") {
  const std::string pid = std::to_string(::getpid());
  ::setenv("LISTEN_PID", pid.c_str(), 1);
  ::setenv("LISTEN_FDS", "1", 1);
  ::setenv("LISTEN_FDNAMES", "dns", 1);
  {
    const faulty_call<&system_calls::getsockopt> fault({.at = 1, .error = ENOTSOCK});
    CHECK_THROWS_WITH(ancillary::activated_sockets(),
                      ContainsSubstring("activated socket 3") && ContainsSubstring("ENOTSOCK"));
  }
  CHECK(ancillary::activated_sockets("other").empty());
  ::setenv("LISTEN_FDS", "many", 1);
  CHECK(ancillary::activated_sockets().empty());
  ::setenv("LISTEN_FDS", "1", 1);
  ::setenv("LISTEN_PID", "1", 1);
  CHECK(ancillary::activated_sockets().empty());
  ::unsetenv("LISTEN_PID");
  ::unsetenv("LISTEN_FDS");
  ::unsetenv("LISTEN_FDNAMES");
}
