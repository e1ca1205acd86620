#include "../traffic.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace ancillary::bench {

namespace {

constexpr int udp_segment = 103; // linux/udp.h
constexpr std::size_t messages_in_one_call = 64;

class linux_source final : public datagram_source {
public:
  explicit linux_source(const traffic& wanted)
      : segments_(wanted.segments),
        payload_(std::size_t{wanted.datagram_bytes} * wanted.segments, std::byte{'d'}) {
    for (const std::uint16_t port : wanted.ports) {
      sockaddr_in& name = names_.emplace_back();
      name.sin_family = AF_INET;
      name.sin_port = htons(port);
      name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    for (std::uint32_t i = 0; i < wanted.flows; ++i) {
      sockets_.push_back(open(wanted));
    }
    vector_ = {payload_.data(), payload_.size()};
    for (mmsghdr& each : messages_) {
      each = {};
      each.msg_hdr.msg_iov = &vector_;
      each.msg_hdr.msg_iovlen = 1;
    }
  }

  ~linux_source() override {
    for (const int each : sockets_) {
      close(each);
    }
  }
  linux_source(const linux_source&) = delete;
  linux_source& operator=(const linux_source&) = delete;

  std::uint64_t send(std::uint64_t count) override {
    const std::uint64_t buffers = std::max<std::uint64_t>(count / segments_, 1);
    const std::size_t wanted = std::min<std::uint64_t>(buffers, messages_.size());
    if (names_.size() > 1) {
      for (std::size_t i = 0; i < wanted; ++i) {
        messages_[i].msg_hdr.msg_name = &names_[next_name_];
        messages_[i].msg_hdr.msg_namelen = sizeof names_[0];
        next_name_ = (next_name_ + 1) % names_.size();
      }
    }
    next_socket_ = (next_socket_ + 1) % sockets_.size();
    const int sent =
        sendmmsg(sockets_[next_socket_], messages_.data(), static_cast<unsigned>(wanted), 0);
    return sent > 0 ? static_cast<std::uint64_t>(sent) * segments_ : 0;
  }

private:
  [[nodiscard]] int open(const traffic& wanted) const {
    const int opened = ::socket(AF_INET, SOCK_DGRAM, 0);
    const int bytes = 1 << 22;
    setsockopt(opened, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    const int segment_bytes = static_cast<int>(wanted.datagram_bytes);
    if (wanted.segments > 1 &&
        setsockopt(opened, IPPROTO_UDP, udp_segment, &segment_bytes, sizeof segment_bytes) != 0) {
      throw std::system_error(errno, std::generic_category(), "UDP_SEGMENT");
    }
    if (names_.size() == 1) { // the kernel looks up the route once
      connect(opened, reinterpret_cast<const sockaddr*>(names_.data()), sizeof names_[0]);
    }
    return opened;
  }

  const std::uint64_t segments_;
  std::vector<std::byte> payload_;
  std::vector<sockaddr_in> names_;
  std::vector<int> sockets_;
  std::size_t next_name_ = 0;
  std::size_t next_socket_ = 0;
  iovec vector_{};
  std::array<mmsghdr, messages_in_one_call> messages_{};
};

} // namespace

std::unique_ptr<datagram_source> make_datagram_source(const traffic& wanted) {
  return std::make_unique<linux_source>(wanted);
}

} // namespace ancillary::bench
