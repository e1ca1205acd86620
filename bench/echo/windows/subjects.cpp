// The floor of Windows: WSARecvMsg, and WSASendMsg from the address that was asked, one datagram a
// call, blocking. Under Wine the source is not heeded.

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

class blocking_echo final : public subject {
public:
  blocking_echo() {
    socket_.set_option(asio::socket_base::receive_buffer_size(receive_buffer_bytes));
    const DWORD on = 1;
    if (setsockopt(socket_.native_handle(), IPPROTO_IP, IP_PKTINFO,
                   reinterpret_cast<const char*>(&on), sizeof on) != 0) {
      throw std::runtime_error("IP_PKTINFO");
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
      WSABUF buffer{static_cast<ULONG>(payload_.size()), reinterpret_cast<CHAR*>(payload_.data())};
      WSAMSG message{};
      message.name = reinterpret_cast<sockaddr*>(&name_);
      message.namelen = sizeof name_;
      message.lpBuffers = &buffer;
      message.dwBufferCount = 1;
      message.Control = {static_cast<ULONG>(control_.size()), control_.data()};
      DWORD bytes = 0;
      if (receive_(socket, &message, &bytes, nullptr, nullptr) == 0) {
        // The message is that of IP_PKTINFO alone, and goes back as it came.
        buffer.len = bytes;
        message.dwFlags = 0;
        DWORD sent = 0;
        WSASendMsg(socket, &message, 0, &sent, nullptr, nullptr);
        complete = tally_.visit(payload_.data(), bytes);
      }
    }
  }

private:
  asio::io_context io_;
  asio::ip::udp::socket socket_{io_, {asio::ip::udp::v4(), 0}};
  LPFN_WSARECVMSG receive_ = nullptr;
  sockaddr_in name_{};
  std::array<std::byte, payload_capacity> payload_;
  alignas(WSACMSGHDR) std::array<CHAR, 128> control_;
};

} // namespace

std::vector<subject_kind> subjects() {
  std::vector<subject_kind> all = portable_subjects();
  all.push_back({"wsasendmsg", "WSARecvMsg and WSASendMsg, one at a time", false,
                 [] { return std::make_unique<blocking_echo>(); }});
  return all;
}

std::vector<comparison_set> usual_comparisons() {
  constexpr bool quick = true;
  return {{"drain",
           {{"wsasendmsg", "wsasendmsg"}, // the control: a difference here is none
            {"ours", "wsasendmsg", quick},
            {"ours", "asio", quick}}}};
}

std::string program_name() { return "echo"; }

void add_other_figures(report&) {}

measure usual_measure() noexcept { return measure::rate; }

} // namespace ancillary::bench
