// The calls of WSASendMsg that a sender makes, noted behind the function pointer: Wine ignores
// control data on sending and succeeds, so that arrival proves nothing. The expected bytes are laid
// out with the system's macros. A refusal can be simulated for each call.
#pragma once

#include "platform/windows/header_support.hpp"
#include "platform/windows/system_calls.hpp"
#include "recvmsg/options/hex.hpp"
#include "support/catch.hpp"
#include <ancillary/recvmsg.hpp>

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <asio/ip/v6_only.hpp>
#include <cstdint>
#include <cstring>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace noted_sends {

using namespace ancillary;
using asio::ip::make_address;
using asio::ip::udp;
using option_tests::hex;

struct call {
  std::string control; // hex
  ULONG control_bytes; // Control.len
  bool has_control;    // Control.buf
  udp::endpoint name;
  std::string payload;
  DWORD flags; // of the message, and of the call
};

inline std::vector<call> calls;
inline std::deque<int> refusals; // for the next calls; none: success

inline int WSAAPI note(SOCKET, LPWSAMSG message, DWORD flags, LPDWORD sent, LPWSAOVERLAPPED,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE) {
  call now{};
  const auto* const bytes = reinterpret_cast<const std::byte*>(message->Control.buf);
  now.control = bytes == nullptr ? "" : hex({bytes, message->Control.len});
  now.control_bytes = message->Control.len;
  now.has_control = bytes != nullptr;
  now.flags = flags | message->dwFlags;
  std::memcpy(now.name.data(), message->name, static_cast<std::size_t>(message->namelen));
  for (DWORD i = 0; i < message->dwBufferCount; ++i) {
    now.payload.append(message->lpBuffers[i].buf, message->lpBuffers[i].len);
  }
  calls.push_back(now);
  if (!refusals.empty()) {
    const int error = refusals.front();
    refusals.pop_front();
    if (error != 0) {
      ::WSASetLastError(error);
      return SOCKET_ERROR;
    }
  }
  *sent = static_cast<DWORD>(now.payload.size());
  return 0;
}

// Wine has no UDP_SEND_MSG_SIZE (ws2ipdef.h).
inline int WSAAPI as_if_it_could_segment(SOCKET socket, int level, int name, char* value,
                                         int* size) {
  return level == IPPROTO_UDP && name == 2 ? 0 : ::getsockopt(socket, level, name, value, size);
}

// A Windows that accepts IPV6_TCLASS, unlike Wine 8: there the whole traffic class is sent.
inline int WSAAPI as_if_it_took_a_class(SOCKET socket, int level, int name, const char* value,
                                        int size) {
  return level == IPPROTO_IPV6 && name == 39 ? 0 : ::setsockopt(socket, level, name, value, size);
}

// One interface, number 7, with 192.0.2.7.
inline ULONG WINAPI one_adapter(ULONG, ULONG, PVOID, PIP_ADAPTER_ADDRESSES list, PULONG) {
  static sockaddr_in address{};
  static IP_ADAPTER_UNICAST_ADDRESS own{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(0xc0000207);
  own.Address = {reinterpret_cast<sockaddr*>(&address), sizeof address};
  *list = {};
  list->IfIndex = 7;
  list->FirstUnicastAddress = &own;
  return NO_ERROR;
}

struct noted_calls {
  noted_calls() {
    calls.clear();
    refusals.clear();
    detail::system.sendmsg = &note;
    detail::system.getsockopt = &as_if_it_could_segment;
    detail::system.setsockopt = &as_if_it_took_a_class;
    detail::system.adapters = &one_adapter;
    detail::forget_octet_answer();
  }
  ~noted_calls() {
    detail::system = {};
    detail::forget_octet_answer();
  }
};

// A message as the system's macros lay it out, with zero padding.
inline std::string message(int level, int type, const std::vector<std::uint8_t>& data) {
  std::vector<std::byte> bytes(WSA_CMSG_SPACE(data.size()));
  auto* const header = reinterpret_cast<WSACMSGHDR*>(bytes.data());
  header->cmsg_len = WSA_CMSG_LEN(data.size());
  header->cmsg_level = level;
  header->cmsg_type = type;
  std::memcpy(WSA_CMSG_DATA(header), data.data(), data.size());
  return hex(bytes);
}
inline std::string number(int level, int type, std::uint8_t value) {
  return message(level, type, {value, 0, 0, 0});
}
inline std::string pktinfo_v4(std::array<std::uint8_t, 4> address, std::uint8_t interface_index) {
  return message(0, 19, {address[0], address[1], address[2], address[3], interface_index, 0, 0, 0});
}
inline std::string pktinfo_v6(std::uint8_t last, std::uint8_t interface_index) {
  return message(41, 19,
                 {0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last, interface_index, 0, 0, 0});
}

inline ip_address fd00(std::uint8_t last) {
  ip_address::v6_octets octets{0xfd};
  octets[15] = last;
  return ip_address::v6(octets);
}

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// Sends one datagram on a socket of this family; returns the error.
struct fixture {
  explicit fixture(const udp& family) : socket(open(io, family)), out(socket.native_handle()) {}

  static udp::socket open(asio::io_context& io, const udp& family) {
    udp::socket socket(io, family);
    if (family == udp::v6()) {
      socket.set_option(asio::ip::v6_only(false));
    }
    return socket;
  }
  std::error_code send(const outgoing& datagram) {
    std::error_code error;
    const std::size_t sent = out.send(std::array{datagram}, error);
    CHECK(sent == (error ? 0U : 1U));
    return error;
  }

  noted_calls noted;
  asio::io_context io;
  udp::socket socket;
  sender out;
};

inline const outgoing plain_v4{.payload = bytes_of("hello"),
                               .remote = {make_address("192.0.2.1"), 4321}};
inline const outgoing plain_v6{.payload = bytes_of("hello"),
                               .remote = {make_address("2001:db8::1"), 4321}};
inline const ip_address v4_source = ip_address::v4({127, 0, 0, 5});

inline outgoing from_5_by_7(outgoing datagram) {
  datagram.source = v4_source;
  datagram.interface_index = 7;
  return datagram;
}

} // namespace noted_sends
