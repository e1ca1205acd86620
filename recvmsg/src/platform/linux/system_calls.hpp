// The system calls on sockets, in one place so that tests can make each of them fail.
#pragma once

#include <ctime>
#include <sys/socket.h>

namespace ancillary::detail {

struct system_calls {
  int (*recvmmsg)(int, mmsghdr*, unsigned, int, timespec*) = &::recvmmsg;
  int (*sendmmsg)(int, mmsghdr*, unsigned, int) = &::sendmmsg;
  int (*setsockopt)(int, int, int, const void*, socklen_t) = &::setsockopt;
  int (*getsockopt)(int, int, int, void*, socklen_t*) = &::getsockopt;
  int (*getsockname)(int, sockaddr*, socklen_t*) = &::getsockname;
};

// What the library calls. Replaced by tests only, while no loop runs.
inline system_calls system;

} // namespace ancillary::detail
