// The real WSARecvMsg under a stand-in, into the stand-in's own memory.
#pragma once

#include "../arrival.hpp"
#include "platform/windows/system_calls.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace ancillary_test {

[[nodiscard]] LPFN_WSARECVMSG real_recvmsg(SOCKET socket);

class real_receive {
public:
  real_receive() : payload_(new std::byte[payload_bytes]) { reset(); }

  void reset();
  [[nodiscard]] WSAMSG* message() { return &message_; }

  // The received datagram of `received` bytes.
  [[nodiscard]] arrival take(DWORD received, bool is_cut);

private:
  static constexpr std::size_t payload_bytes = 65536;

  std::unique_ptr<std::byte[]> payload_;
  std::array<std::uint64_t, 64> control_{};
  asio::ip::udp::endpoint remote_;
  WSABUF buffer_{};
  WSAMSG message_{};
};

} // namespace ancillary_test
