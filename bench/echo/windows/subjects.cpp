// The floor on Windows: WSARecvMsg, and WSASendMsg from the requested address, one datagram per
// call, blocking. Wine ignores the source.

#include "../../support/on_io_context.hpp"
#include "../../support/report.hpp"
#include "../../support/windows/bare.hpp"
#include "../portable_subjects.hpp"

namespace ancillary::bench {

namespace {

class blocking final : public bare_subject {
public:
  blocking() : bare_subject(on_all_addresses(), {IP_PKTINFO}) {}

  void receive(std::uint64_t datagrams) override {
    receive_each(datagrams, [this](WSAMSG& message, DWORD bytes) {
      // The only control message, IP_PKTINFO, is sent back unchanged.
      message.lpBuffers->len = bytes;
      message.dwFlags = 0;
      DWORD sent = 0;
      WSASendMsg(socket_.native_handle(), &message, 0, &sent, nullptr, nullptr);
    });
  }
};

} // namespace

std::vector<subject_kind> subjects() {
  std::vector<subject_kind> all = portable_subjects();
  all.push_back({"wsasendmsg", "WSARecvMsg and WSASendMsg, one at a time", false,
                 [] { return std::make_unique<blocking>(); }});
  return all;
}

std::vector<comparison_set> usual_comparisons() {
  constexpr bool quick = true;
  return {{"drain",
           {{"wsasendmsg", "wsasendmsg"}, // the control: should show no difference
            {"ours", "wsasendmsg", quick},
            {"ours", "asio", quick}}}};
}

std::string program_name() { return "echo"; }

void add_other_figures(report&) {}

measure usual_measure() noexcept { return measure::rate; }

} // namespace ancillary::bench
