// A minimal WSARecvMsg loop, one datagram per call, blocking: the floor.
#pragma once

#include "../subject.hpp"

#include <winsock2.h>
#include <ws2tcpip.h>

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <initializer_list>
#include <mswsock.h>

namespace ancillary::bench {

class bare_subject : public subject {
public:
  std::vector<std::uint16_t> ports() const override { return {socket_.local_endpoint().port()}; }

protected:
  // Enables these IPPROTO_IP options. Throws std::system_error.
  bare_subject(const asio::ip::udp::endpoint& where, std::initializer_list<int> options);

  // Calls take(message, bytes) for each datagram until the last expected one.
  template <class Take>
  void receive_each(std::uint64_t datagrams, Take take) {
    tally_.expect(datagrams);
    for (bool complete = false; !complete;) {
      WSABUF buffer{static_cast<ULONG>(payload_.size()), reinterpret_cast<CHAR*>(payload_.data())};
      WSAMSG message{};
      message.name = reinterpret_cast<sockaddr*>(&name_);
      message.namelen = sizeof name_;
      message.lpBuffers = &buffer;
      message.dwBufferCount = 1;
      message.Control = {static_cast<ULONG>(control_.size()), control_.data()};
      DWORD bytes = 0;
      if (receive_(socket_.native_handle(), &message, &bytes, nullptr, nullptr) == 0) {
        take(message, bytes);
        complete = tally_.visit(payload_.data(), bytes);
      }
    }
  }

  asio::io_context io_;
  asio::ip::udp::socket socket_;

private:
  LPFN_WSARECVMSG receive_ = nullptr;
  sockaddr_in name_{};
  std::array<std::byte, payload_capacity> payload_;
  alignas(WSACMSGHDR) std::array<CHAR, 128> control_;
};

} // namespace ancillary::bench
