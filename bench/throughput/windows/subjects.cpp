// The floor of Windows: WSARecvMsg, one datagram a call, blocking.

#include "../../support/report.hpp"
#include "../portable_subjects.hpp"

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <mswsock.h>
#include <stdexcept>
#include <winsock2.h>
#include <ws2tcpip.h>

namespace ancillary::bench {

namespace {

// Not all headers have these (ws2ipdef.h).
constexpr int receive_ttl = 21;
constexpr int receive_tos = 40;
constexpr int ttl_message = 4;
constexpr int tos_message = 3;

class blocking_wsarecvmsg final : public subject {
public:
  blocking_wsarecvmsg() {
    socket_.set_option(asio::socket_base::receive_buffer_size(receive_buffer_bytes));
    for (const int option : {int{IP_PKTINFO}, receive_ttl, receive_tos}) {
      const DWORD on = 1;
      if (setsockopt(socket_.native_handle(), IPPROTO_IP, option,
                     reinterpret_cast<const char*>(&on), sizeof on) != 0) {
        throw std::runtime_error("setsockopt");
      }
    }
    GUID id = WSAID_WSARECVMSG;
    DWORD bytes = 0;
    WSAIoctl(socket_.native_handle(), SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &receive_,
             sizeof receive_, &bytes, nullptr, nullptr);
  }

  std::vector<std::uint16_t> ports() const override { return {socket_.local_endpoint().port()}; }

  void receive(std::uint64_t datagrams) override {
    tally_.expect(datagrams);
    const SOCKET socket = socket_.native_handle();
    for (bool complete = false; !complete;) {
      WSAMSG message{};
      message.name = reinterpret_cast<sockaddr*>(&name_);
      message.namelen = sizeof name_;
      message.lpBuffers = &payload_buffer_;
      message.dwBufferCount = 1;
      message.Control = {static_cast<ULONG>(control_.size()), control_.data()};
      DWORD bytes = 0;
      if (receive_(socket, &message, &bytes, nullptr, nullptr) == 0) {
        walk(message);
        complete = tally_.visit(payload_.data(), bytes);
      }
    }
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

  asio::io_context io_;
  asio::ip::udp::socket socket_{io_, {asio::ip::address_v4::loopback(), 0}};
  LPFN_WSARECVMSG receive_ = nullptr;
  sockaddr_in name_{};
  std::array<std::byte, payload_capacity> payload_;
  alignas(WSACMSGHDR) std::array<CHAR, 128> control_;
  WSABUF payload_buffer_{static_cast<ULONG>(payload_.size()),
                         reinterpret_cast<CHAR*>(payload_.data())};
};

} // namespace

std::vector<subject_kind> subjects() {
  std::vector<subject_kind> all = portable_subjects();
  // Coalescing needs a network interface that coalesces, which the loopback of Windows does not.
  std::erase_if(all, [](const subject_kind& each) { return each.coalesces; });
  all.push_back({"wsarecvmsg", "blocking, one at a time", false,
                 [] { return std::make_unique<blocking_wsarecvmsg>(); }});
  return all;
}

std::vector<comparison_set> usual_comparisons() {
  constexpr bool quick = true;
  // Drained, since a sender under Wine would compete for its server.
  return {{"drain",
           {{"wsarecvmsg", "wsarecvmsg", quick}, // a control: a difference here is none
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
