// Loops over the system call with nothing around it: the floor.
#pragma once

#include "../subject.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <vector>

namespace ancillary::bench {

// An option that brings a control message.
struct bare_option {
  int level;
  int name;
};

inline constexpr int udp_gro = 104; // linux/udp.h

// An IPv4 socket on the loopback address with these options on. Throws std::system_error.
[[nodiscard]] int open_bare_socket(const std::vector<bare_option>& options);
[[nodiscard]] std::uint16_t port_of(int socket);

inline constexpr bare_option three_options[] = {
    {IPPROTO_IP, IP_PKTINFO}, {IPPROTO_IP, IP_RECVTTL}, {IPPROTO_IP, IP_RECVTOS}};

// What recvmmsg fills, set up once. `reset` is all that a header needs before it is used again.
class bare_batch {
public:
  static constexpr std::size_t control_capacity = 128;

  bare_batch(std::size_t batch, std::size_t capacity);

  [[nodiscard]] mmsghdr* headers() noexcept { return headers_.data(); }
  [[nodiscard]] unsigned size() const noexcept { return static_cast<unsigned>(headers_.size()); }
  static void reset(msghdr& used) noexcept {
    used.msg_namelen = sizeof(sockaddr_in);
    used.msg_controllen = control_capacity;
  }

private:
  std::vector<std::byte> storage_;
  std::vector<sockaddr_in> names_;
  std::vector<iovec> vectors_;
  std::vector<mmsghdr> headers_;
};

// Walks the control messages with the system's macros; the segment size, 0 where there is none.
[[nodiscard]] inline std::size_t walk(const msghdr& received, tally& into) noexcept {
  in_pktinfo info{};
  int hop_limit = 0;
  std::uint8_t traffic_class = 0;
  int segment_bytes = 0;
  // The macros want a header that they may write to, and do not.
  msghdr* const header = const_cast<msghdr*>(&received);
  for (cmsghdr* each = CMSG_FIRSTHDR(header); each != nullptr; each = CMSG_NXTHDR(header, each)) {
    if (each->cmsg_level == IPPROTO_IP) {
      switch (each->cmsg_type) {
      case IP_PKTINFO:
        std::memcpy(&info, CMSG_DATA(each), sizeof info);
        break;
      case IP_TTL:
        std::memcpy(&hop_limit, CMSG_DATA(each), sizeof hop_limit);
        break;
      case IP_TOS:
        traffic_class = *CMSG_DATA(each);
        break;
      default:
        break;
      }
    } else if (each->cmsg_level == IPPROTO_UDP && each->cmsg_type == udp_gro) {
      std::memcpy(&segment_bytes, CMSG_DATA(each), sizeof segment_bytes);
    }
  }
  into.metadata(info.ipi_addr.s_addr, static_cast<unsigned>(hop_limit), traffic_class);
  return static_cast<std::size_t>(segment_bytes);
}

// What is done with a batch, whoever fetched it. Returns whether the last one expected was in it.
template <bool WithMetadata>
[[nodiscard]] bool take(mmsghdr* headers, std::size_t count, tally& into) noexcept {
  bool complete = false;
  for (std::size_t i = 0; i < count; ++i) {
    msghdr& header = headers[i].msg_hdr;
    const auto* const payload = static_cast<const std::byte*>(header.msg_iov->iov_base);
    if constexpr (WithMetadata) {
      static_cast<void>(walk(header, into));
    }
    complete |= into.visit(payload, headers[i].msg_len);
    bare_batch::reset(header);
  }
  return complete;
}

} // namespace ancillary::bench
