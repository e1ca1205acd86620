// A sender's socket, and a second socket that reports the IP header of each of its datagrams.
#pragma once

#include "support/catch.hpp"
#include <ancillary/recvmsg.hpp>

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <asio/ip/v6_only.hpp>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <system_error>

namespace sender_tests {

using namespace ancillary;
using udp = asio::ip::udp;

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

inline udp::endpoint at(const char* address, std::uint16_t port) {
  return {asio::ip::make_address(address), port};
}

inline constexpr field_set everything{field::destination, field::interface_index, field::hop_limit,
                                      field::traffic_class};

// A socket that reports the metadata of each datagram.
struct observer {
  explicit observer(const char* address) : socket(io, at(address, 0)) {
    request_metadata(socket, require(everything));
    socket.non_blocking(true);
  }
  udp::endpoint endpoint() const { return socket.local_endpoint(); }

  // The next datagram; REQUIREs that there is one.
  std::string next() {
    iovec vector{payload.data(), payload.size()};
    msghdr message{};
    message.msg_name = remote.data();
    message.msg_namelen = static_cast<socklen_t>(remote.capacity());
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto length = ::recvmsg(socket.native_handle(), &message, 0);
    REQUIRE(length >= 0);
    remote.resize(message.msg_namelen);
    metadata = metadata_view(layouts::native{}, std::span(control).first(message.msg_controllen));
    return {payload.data(), static_cast<std::size_t>(length)};
  }
  bool empty() {
    char one = 0;
    return ::recv(socket.native_handle(), &one, 1, MSG_PEEK) < 0 && errno == EAGAIN;
  }

  asio::io_context io;
  udp::socket socket;
  udp::endpoint remote;
  metadata_view metadata;
  std::array<char, 65536> payload;
  alignas(8) std::array<std::byte, 512> control;
};

// The sending socket: of either family, unbound.
struct wildcard {
  explicit wildcard(const udp& family) : socket(io, family) {
    if (family == udp::v6()) {
      socket.set_option(asio::ip::v6_only(false));
    }
    socket.bind({family, 0});
  }
  asio::io_context io;
  udp::socket socket;
};

inline void send_all(sender& out, std::span<const outgoing> datagrams) {
  std::error_code error;
  CHECK(out.send(datagrams, error) == datagrams.size());
  CHECK_FALSE(error);
}

} // namespace sender_tests
