// The floor on Linux: sendmmsg returns the batch of recvmmsg, from the requested address.

#include "../../support/linux/bare.hpp"
#include "../../support/report.hpp"
#include "../portable_subjects.hpp"

#include <cstring>

namespace ancillary::bench {

namespace {

constexpr unsigned batch_size = 64;

// Headers for sendmmsg that share names and payloads with those of recvmmsg. Writes only what
// differs between datagrams.
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

  // Sends the first `count` back; returns whether the last expected one was among them.
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
      sent += now > 0 ? static_cast<unsigned>(now) : 1; // skips refused datagrams
    }
    return complete;
  }

private:
  // A cmsghdr ends in a flexible array: two of them cannot be adjacent.
  struct alignas(cmsghdr) control {
    std::byte bytes[CMSG_SPACE(sizeof(in_pktinfo))];
  };

  mmsghdr* received_;
  mmsghdr headers_[batch_size]{};
  iovec vectors_[batch_size]{};
  control controls_[batch_size]{};
};

constexpr bare_option packet_info[] = {{IPPROTO_IP, IP_PKTINFO}};

class bare_echo : public bare_subject {
protected:
  bare_echo() : bare_subject(open_bare_socket(packet_info, INADDR_ANY)) {}

  bare_batch batch_{batch_size, payload_capacity};
  bare_replies replies_{batch_.headers()};
};

class blocking final : public bare_echo {
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

// The same for a program that also waits for other events.
class behind_epoll final : public bare_echo {
public:
  behind_epoll() { epoll_.add(socket_); }

  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    epoll_.receive(
        batch_, [&](int socket, unsigned count) { return replies_.send(socket, count, tally_); });
  }

private:
  bare_epoll epoll_;
};

} // namespace

std::vector<subject_kind> subjects() {
  std::vector<subject_kind> all = portable_subjects();
  all.push_back({"bare", "recvmmsg and sendmmsg, 64 at a time, the source kept", false,
                 [] { return std::make_unique<blocking>(); }});
  all.push_back(
      {"epoll", "the same behind epoll", false, [] { return std::make_unique<behind_epoll>(); }});
  return all;
}

std::vector<comparison_set> usual_comparisons() {
  constexpr bool quick = true;
  return {
      {"drain",
       {{"bare", "bare", quick}, // the control: should show no difference
        {"ours", "bare", quick},
        {"ours", "epoll", quick}, // shows the cost of not blocking
        {"epoll", "bare"},
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
