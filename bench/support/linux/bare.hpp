// Minimal loops over the system call: the floor.
#pragma once

#include "../subject.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
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

// The arguments of recvmmsg, set up once. Of what the kernel writes, only the length of the control
// messages needs to be reset: a name's length is always that of an IPv4 address.
class bare_batch {
public:
  static constexpr std::size_t usual_control_bytes = 128;

  // 0 control bytes: without control messages.
  bare_batch(std::size_t batch, std::size_t payload_bytes,
             std::size_t control_bytes = usual_control_bytes);

  [[nodiscard]] mmsghdr* headers() noexcept { return headers_.data(); }
  [[nodiscard]] unsigned size() const noexcept { return static_cast<unsigned>(headers_.size()); }

  // The payloads follow one another at this distance.
  [[nodiscard]] std::byte* payloads() noexcept { return storage_.data(); }
  [[nodiscard]] std::size_t payload_bytes() const noexcept { return payload_bytes_; }

private:
  std::size_t payload_bytes_;
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

  // The sockets that are ready, at least one unless a signal arrived.
  [[nodiscard]] std::span<const epoll_event> wait();

private:
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

// What a receiver reads of the control messages.
struct control_fields {
  std::uint32_t destination = 0;
  unsigned hop_limit = 0;
  unsigned traffic_class = 0;
  unsigned segment_bytes = 0; // 0: a single datagram
};

// Walks the control messages, with one comparison for both numbers of a header. Like the system's
// macros, it trusts the lengths that the kernel writes, but it does not check them either.
[[nodiscard]] inline control_fields walk(const msghdr& received) noexcept {
  const auto key = [](int level, int type) {
    return std::bit_cast<std::uint64_t>(std::array{level, type});
  };
  const auto load = [](auto value, const std::byte* from) {
    std::memcpy(&value, from, sizeof value);
    return value;
  };
  control_fields all;
  const auto* at = static_cast<const std::byte*>(received.msg_control);
  const std::byte* const end = at + received.msg_controllen;
  while (at < end) {
    const std::byte* const data = at + sizeof(cmsghdr);
    const auto found = load(std::uint64_t{}, at + offsetof(cmsghdr, cmsg_level));
    if (found == key(IPPROTO_IP, IP_PKTINFO)) {
      all.destination = load(std::uint32_t{}, data + offsetof(in_pktinfo, ipi_addr));
    } else if (found == key(IPPROTO_IP, IP_TTL)) {
      all.hop_limit = load(unsigned{}, data);
    } else if (found == key(IPPROTO_IP, IP_TOS)) {
      all.traffic_class = std::to_integer<unsigned>(*data);
    } else if (found == key(IPPROTO_UDP, udp_gro)) {
      all.segment_bytes = load(unsigned{}, data);
    }
    at += CMSG_ALIGN(load(std::size_t{}, at)); // cmsg_len
  }
  return all;
}

// Processes a batch from any source. Returns whether all expected datagrams have arrived.
template <bool WithMetadata>
[[nodiscard]] bool take(bare_batch& batch, std::size_t count, tally& into) noexcept {
  tally sum = into; // in registers
  const std::byte* payload = batch.payloads();
  const std::size_t distance = batch.payload_bytes();
  for (mmsghdr& each : std::span(batch.headers(), count)) {
    if constexpr (WithMetadata) {
      const control_fields all = walk(each.msg_hdr);
      sum.metadata(all.destination, all.hop_limit, all.traffic_class);
      each.msg_hdr.msg_controllen = bare_batch::usual_control_bytes;
    }
    sum.read(payload, each.msg_len);
    payload += distance;
  }
  const bool complete = sum.count(count);
  into = sum;
  return complete;
}

} // namespace ancillary::bench
