#include "kernel_account.hpp"

#include "parts.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <vector>

namespace soak {

namespace {

constexpr int udp_level = 17;
constexpr int udp_gro = 104; // linux/udp.h

} // namespace

std::uint64_t kernel_drops(asio::ip::udp::socket& socket) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> values{};
  socklen_t bytes = sizeof values;
  expect(::getsockopt(socket.native_handle(), SOL_SOCKET, SO_MEMINFO, values.data(), &bytes) == 0,
         "cannot read SO_MEMINFO");
  return values[SK_MEMINFO_DROPS];
}

std::uint64_t take_rest(asio::ip::udp::socket& socket) {
  std::uint64_t count = 0;
  std::vector<char> payload(65535);
  alignas(cmsghdr) std::array<char, 512> control;
  for (;;) {
    iovec vector{payload.data(), payload.size()};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto length = ::recvmsg(socket.native_handle(), &message, MSG_DONTWAIT);
    if (length < 0) {
      if (errno == EAGAIN) {
        return count;
      }
      continue; // an ICMP error
    }
    int segment = 0;
    for (cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr;
         each = CMSG_NXTHDR(&message, each)) {
      if (each->cmsg_level == udp_level && each->cmsg_type == udp_gro) {
        std::memcpy(&segment, CMSG_DATA(each), sizeof segment);
      }
    }
    count += segment > 0 && segment < length
                 ? static_cast<std::uint64_t>((length + segment - 1) / segment)
                 : 1u;
  }
}

} // namespace soak
