// The floor of Linux: what recvmmsg brought goes back by sendmmsg, from the address that was asked.

#include "../../support/linux/bare.hpp"
#include "../../support/report.hpp"
#include "../portable_subjects.hpp"

#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <unistd.h>

namespace ancillary::bench {

namespace {

constexpr unsigned batch_size = 64;

int open_wildcard_socket() {
  const int opened = socket(AF_INET, SOCK_DGRAM, 0);
  const int on = 1;
  setsockopt(opened, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  setsockopt(opened, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  bind(opened, reinterpret_cast<const sockaddr*>(&name), sizeof name);
  return opened;
}

// Headers for sendmmsg that share names and payloads with those of recvmmsg. Only what differs from
// one datagram to the next is written.
class bare_replies {
public:
  explicit bare_replies(mmsghdr* received) : received_(received) {
    for (unsigned i = 0; i < batch_size; ++i) {
      msghdr& header = headers_[i].msg_hdr;
      header.msg_name = received[i].msg_hdr.msg_name;
      header.msg_namelen = sizeof(sockaddr_in);
      header.msg_iov = &vectors_[i];
      header.msg_iovlen = 1;
      header.msg_control = &controls_[i];
      header.msg_controllen = sizeof controls_[i];
      cmsghdr* const packet_info = CMSG_FIRSTHDR(&header);
      packet_info->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
      packet_info->cmsg_level = IPPROTO_IP;
      packet_info->cmsg_type = IP_PKTINFO;
      vectors_[i].iov_base = received[i].msg_hdr.msg_iov->iov_base;
    }
  }

  // Sends the first `count` back; returns whether the last one expected was among them.
  bool send(int socket, unsigned count, tally& into) noexcept {
    bool complete = false;
    for (unsigned i = 0; i < count; ++i) {
      msghdr& from = received_[i].msg_hdr;
      in_pktinfo seen{};
      for (cmsghdr* each = CMSG_FIRSTHDR(&from); each != nullptr; each = CMSG_NXTHDR(&from, each)) {
        if (each->cmsg_level == IPPROTO_IP && each->cmsg_type == IP_PKTINFO) {
          std::memcpy(&seen, CMSG_DATA(each), sizeof seen);
        }
      }
      const in_pktinfo source{seen.ipi_ifindex, seen.ipi_addr, {}};
      std::memcpy(CMSG_DATA(CMSG_FIRSTHDR(&headers_[i].msg_hdr)), &source, sizeof source);
      vectors_[i].iov_len = received_[i].msg_len;
      complete |=
          into.visit(static_cast<const std::byte*>(vectors_[i].iov_base), received_[i].msg_len);
      bare_batch::reset(from);
    }
    for (unsigned sent = 0; sent < count;) {
      const int now = sendmmsg(socket, headers_ + sent, count - sent, 0);
      sent += now > 0 ? static_cast<unsigned>(now) : 1; // what is refused is left out
    }
    return complete;
  }

private:
  // A cmsghdr ends in a flexible array: two of them cannot lie side by side.
  struct alignas(cmsghdr) control {
    std::byte bytes[CMSG_SPACE(sizeof(in_pktinfo))];
  };

  mmsghdr* received_;
  mmsghdr headers_[batch_size]{};
  iovec vectors_[batch_size]{};
  control controls_[batch_size]{};
};

class bare_echo : public subject {
public:
  bare_echo() : socket_(open_wildcard_socket()) {}
  ~bare_echo() override { close(socket_); }
  bare_echo(const bare_echo&) = delete;
  bare_echo& operator=(const bare_echo&) = delete;

  std::vector<std::uint16_t> ports() const override { return {port_of(socket_)}; }

protected:
  const int socket_;
  bare_batch batch_{batch_size, payload_capacity};
  bare_replies replies_{batch_.headers()};
};

class bare_blocking final : public bare_echo {
public:
  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    for (bool complete = false; !complete;) {
      const int count = recvmmsg(socket_, batch_.headers(), batch_size, MSG_WAITFORONE, nullptr);
      if (count > 0) {
        complete = replies_.send(socket_, static_cast<unsigned>(count), tally_);
      }
    }
  }
};

// The same for a program with more to do than to wait for this socket.
class bare_epoll final : public bare_echo {
public:
  bare_epoll() : epoll_(epoll_create1(0)) {
    epoll_event event{};
    event.events = EPOLLIN;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_, &event);
  }
  ~bare_epoll() override { close(epoll_); }

  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    for (bool complete = false; !complete;) {
      epoll_event event;
      if (epoll_wait(epoll_, &event, 1, -1) != 1) {
        continue;
      }
      int count = 0;
      do {
        count = recvmmsg(socket_, batch_.headers(), batch_size, MSG_DONTWAIT, nullptr);
        if (count > 0) {
          complete |= replies_.send(socket_, static_cast<unsigned>(count), tally_);
        }
      } while (count == static_cast<int>(batch_size) && !complete);
    }
  }

private:
  const int epoll_;
};

} // namespace

std::vector<subject_kind> subjects() {
  std::vector<subject_kind> all = portable_subjects();
  all.push_back({"bare", "recvmmsg and sendmmsg, 64 at a time, the source kept", false,
                 [] { return std::make_unique<bare_blocking>(); }});
  all.push_back(
      {"epoll", "the same behind epoll", false, [] { return std::make_unique<bare_epoll>(); }});
  return all;
}

std::vector<comparison_set> usual_comparisons() {
  constexpr bool quick = true;
  return {
      {"drain",
       {{"bare", "bare", quick}, // the control: a difference here is none
        {"ours", "bare", quick},
        {"ours-batch", "bare"},
        {"ours", "asio", quick},
        {"asio", "bare"},
        {"asio-async", "asio"}}},
      {"flood", {{"ours", "bare"}, {"ours", "asio"}}},
      {"pace", {{"ours", "bare"}, {"ours", "epoll"}, {"ours", "asio"}}, {64}},
  };
}

std::string program_name() { return "echo"; }

void add_other_figures(report&) {}

measure usual_measure() noexcept { return measure::processor_time; }

} // namespace ancillary::bench
