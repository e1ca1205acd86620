// The floor on Windows: WSARecvMsg, one datagram per call, blocking.

#include "../../support/on_io_context.hpp"
#include "../../support/report.hpp"
#include "../../support/windows/bare.hpp"
#include "../portable_subjects.hpp"

namespace ancillary::bench {

namespace {

// Some headers lack these (ws2ipdef.h).
constexpr int receive_ttl = 21;
constexpr int receive_tos = 40;
constexpr int ttl_message = 4;
constexpr int tos_message = 3;

class blocking final : public bare_subject {
public:
  blocking() : bare_subject(on_loopback(), {IP_PKTINFO, receive_ttl, receive_tos}) {}

  void receive(std::uint64_t datagrams) override {
    receive_each(datagrams, [this](WSAMSG& message, DWORD) { walk(message); });
  }

private:
  void walk(WSAMSG& message) noexcept {
    in_pktinfo info{};
    int hop_limit = 0;
    int traffic_class = 0;
    for (WSACMSGHDR* each = WSA_CMSG_FIRSTHDR(&message); each != nullptr;
         each = WSA_CMSG_NXTHDR(&message, each)) {
      if (each->cmsg_level != IPPROTO_IP) {
        continue;
      }
      switch (each->cmsg_type) {
      case IP_PKTINFO:
        std::memcpy(&info, WSA_CMSG_DATA(each), sizeof info);
        break;
      case ttl_message:
        std::memcpy(&hop_limit, WSA_CMSG_DATA(each), sizeof hop_limit);
        break;
      case tos_message:
        std::memcpy(&traffic_class, WSA_CMSG_DATA(each), sizeof traffic_class);
        break;
      default:
        break;
      }
    }
    tally_.metadata(info.ipi_addr.s_addr, static_cast<unsigned>(hop_limit),
                    static_cast<unsigned>(traffic_class));
  }
};

} // namespace

std::vector<subject_kind> subjects() {
  std::vector<subject_kind> all = portable_subjects();
  // Coalescing requires a network interface that coalesces, which Windows' loopback does not.
  std::erase_if(all, [](const subject_kind& each) { return each.coalesces; });
  all.push_back({"wsarecvmsg", "blocking, one at a time", false,
                 [] { return std::make_unique<blocking>(); }});
  return all;
}

std::vector<comparison_set> usual_comparisons() {
  constexpr bool quick = true;
  // With the load drain, since a sender under Wine would compete for its server.
  return {{"drain",
           {{"wsarecvmsg", "wsarecvmsg", quick}, // a control: should show no difference
            {"ours", "wsarecvmsg", quick},
            {"ours-batch", "wsarecvmsg"},
            {"ours", "asio", quick},
            {"asio", "wsarecvmsg"}}},
          {"flood", {{"wsarecvmsg", "wsarecvmsg"}, {"ours", "wsarecvmsg"}, {"ours", "asio"}}}};
}

std::string program_name() { return "throughput"; }

void add_other_figures(report&) {}

measure usual_measure() noexcept { return measure::rate; }

} // namespace ancillary::bench
