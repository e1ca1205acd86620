// A socket whose owner enabled IP_RECVERR.
#pragma once

#include "support/catch.hpp"
#include "support/loopback_pair.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

namespace ancillary_test {

template <class Executor>
asio::ip::udp::socket socket_with_error_queue(Executor&& executor) {
  asio::ip::udp::socket socket(executor, loopback_any_port());
  const int on = 1;
  REQUIRE(::setsockopt(socket.native_handle(), IPPROTO_IP, IP_RECVERR, &on, sizeof on) == 0);
  return socket;
}

} // namespace ancillary_test
