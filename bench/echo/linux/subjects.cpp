// The floor on Linux: sendmmsg returns the batch of recvmmsg, from the requested address.

#include "../../support/linux/bare.hpp"
#include "../../support/report.hpp"
#include "../portable_subjects.hpp"

namespace ancillary::bench {

namespace {

constexpr unsigned batch_size = 64;

// The control message of an echo is that of its request: IP_PKTINFO, the only one enabled, names
// the requested address (ipi_spec_dst, ip(7)) and the interface in both directions. Its length
// never changes, so that nothing needs to be reset.
constexpr std::size_t packet_info_bytes = CMSG_SPACE(sizeof(in_pktinfo));

// Headers for sendmmsg that share names, payloads and control messages with those of recvmmsg.
// Writes only what differs between datagrams.
class bare_replies {
public:
  explicit bare_replies(bare_batch& received) : received_(received) {
    for (unsigned i = 0; i < batch_size; ++i) {
      headers_[i] = received.headers()[i];
      vectors_[i] = *headers_[i].msg_hdr.msg_iov;
      headers_[i].msg_hdr.msg_iov = &vectors_[i];
    }
  }

  // Sends the first `count` back; returns whether all expected ones have arrived.
  bool send(int socket, unsigned count, tally& into) noexcept {
    const mmsghdr* const from = received_.headers();
    for (unsigned i = 0; i < count; ++i) {
      vectors_[i].iov_len = from[i].msg_len;
    }
    const bool complete = take<false>(received_, count, into);
    for (unsigned sent = 0; sent < count;) {
      const int now = sendmmsg(socket, headers_ + sent, count - sent, 0);
      sent += now > 0 ? static_cast<unsigned>(now) : 1; // skips refused datagrams
    }
    return complete;
  }

private:
  bare_batch& received_;
  mmsghdr headers_[batch_size]{};
  iovec vectors_[batch_size]{};
};

constexpr bare_option packet_info[] = {{IPPROTO_IP, IP_PKTINFO}};

class bare_echo : public bare_subject {
protected:
  bare_echo() : bare_subject(open_bare_socket(packet_info, INADDR_ANY)) {}

  bare_batch batch_{batch_size, payload_capacity, packet_info_bytes};
  bare_replies replies_{batch_};
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
        {"ours", "bare"},        // with the cost of epoll
        {"ours", "epoll", quick},
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
