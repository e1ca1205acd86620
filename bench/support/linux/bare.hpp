// Minimal loops over the system call: the floor.
#pragma once

#include "../subject.hpp"

#include <array>
#include <cstddef>
#include <netinet/in.h>
#include <span>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <vector>

namespace ancillary::bench {

// An option that enables a control message.
struct bare_option {
  int level;
  int name;
};

inline constexpr int udp_gro = 104; // linux/udp.h

// An IPv4 socket bound to an address (host byte order) with these options enabled. Throws
// std::system_error.
[[nodiscard]] int open_bare_socket(std::span<const bare_option> options,
                                   in_addr_t address = INADDR_LOOPBACK);
[[nodiscard]] std::uint16_t port_of(int socket);

inline constexpr bare_option three_options[] = {
    {IPPROTO_IP, IP_PKTINFO}, {IPPROTO_IP, IP_RECVTTL}, {IPPROTO_IP, IP_RECVTOS}};

// The arguments of recvmmsg, set up once. `reset` prepares a header for its next use.
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

// One socket, which it closes.
class bare_subject : public subject {
public:
  ~bare_subject() override;
  bare_subject(const bare_subject&) = delete;
  bare_subject& operator=(const bare_subject&) = delete;

  std::vector<std::uint16_t> ports() const override { return {port_of(socket_)}; }

protected:
  explicit bare_subject(int socket) : socket_(socket) {}

  const int socket_;
};

// Waits for sockets, level-triggered; each is added once.
class bare_epoll {
public:
  bare_epoll();
  ~bare_epoll();
  bare_epoll(const bare_epoll&) = delete;
  bare_epoll& operator=(const bare_epoll&) = delete;

  void add(int socket);

  // Receives without blocking until take(socket, count), which examines the first `count` of the
  // batch, has seen the last expected datagram.
  template <class Take>
  void receive(bare_batch& batch, Take take) {
    for (bool complete = false; !complete;) {
      for (const epoll_event& ready : wait()) {
        complete |= drain(ready.data.fd, batch, take);
      }
    }
  }

private:
  std::span<const epoll_event> wait();

  // Until a call returns less than a batch.
  template <class Take>
  static bool drain(int socket, bare_batch& batch, Take& take) {
    bool complete = false;
    int count = 0;
    do {
      count = recvmmsg(socket, batch.headers(), batch.size(), MSG_DONTWAIT, nullptr);
      if (count > 0) {
        complete |= take(socket, static_cast<unsigned>(count));
      }
    } while (count == static_cast<int>(batch.size()) && !complete);
    return complete;
  }

  const int epoll_;
  std::array<epoll_event, 128> events_; // as many as in Asio's reactor
};

// Walks the control messages with the system's macros; returns the segment size, 0 if none.
[[nodiscard]] inline std::size_t walk(const msghdr& received, tally& into) noexcept {
  in_pktinfo info{};
  int hop_limit = 0;
  std::uint8_t traffic_class = 0;
  int segment_bytes = 0;
  // The macros take a non-const header, but do not modify it.
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

// Processes a batch from any source. Returns whether it contained the last expected datagram.
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
