// The socket system calls in one place, so that tests can make each of them fail.
#pragma once

#include <cstddef>
#include <ctime>
#include <ifaddrs.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>

namespace ancillary::detail {

struct system_calls {
  int (*recvmmsg)(int, mmsghdr*, unsigned, int, timespec*) = &::recvmmsg;
  int (*sendmmsg)(int, mmsghdr*, unsigned, int) = &::sendmmsg;
  ssize_t (*send)(int, const void*, std::size_t, int) = &::send;
  ssize_t (*sendmsg)(int, const msghdr*, int) = &::sendmsg;
  ssize_t (*recvmsg)(int, msghdr*, int) = &::recvmsg;
  int (*setsockopt)(int, int, int, const void*, socklen_t) = &::setsockopt;
  int (*getsockopt)(int, int, int, void*, socklen_t*) = &::getsockopt;
  int (*getsockname)(int, sockaddr*, socklen_t*) = &::getsockname;
  int (*socket)(int, int, int) = &::socket;
  int (*bind)(int, const sockaddr*, socklen_t) = &::bind;
  int (*ioctl)(int, unsigned long, void*) = [](int of, unsigned long request, void* argument) {
    return ::ioctl(of, request, argument);
  };
  int (*uname)(utsname*) = &::uname;
  int (*getifaddrs)(ifaddrs**) = &::getifaddrs;
};

// The calls that the library makes. Only tests replace them, while no loop runs.
constinit inline system_calls system{};

} // namespace ancillary::detail
