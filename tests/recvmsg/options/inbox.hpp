// A socket's datagrams with their metadata.
#pragma once

#include "support/patience.hpp"
#include <ancillary/decoders/metadata.hpp>
#include <ancillary/recvmsg/receiver.hpp>

#include <algorithm>
#include <asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace option_tests {

struct delivered {
  std::string payload;
  ancillary::metadata metadata;
  asio::ip::udp::endpoint remote;
};

class inbox {
public:
  // Takes a bound socket.
  inbox(asio::io_context& io, asio::ip::udp::socket socket, ancillary::field_set fields)
      : io_(io),
        receiver_(std::move(socket),
                  [this](const ancillary::packet& packet) {
                    const auto bytes = packet.payload();
                    all_.push_back(
                        {std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
                         packet.metadata().to_metadata(), packet.remote()});
                  },
                  {.metadata = ancillary::want(fields)}) {
    receiver_.start();
  }

  asio::ip::udp::socket& socket() { return receiver_.socket(); }
  unsigned short port() { return receiver_.local_endpoint().port(); }

  // Waits for a datagram with this payload; null if none arrives.
  const delivered* wait_for(std::string_view payload,
                            std::chrono::milliseconds limit = ancillary_test::patience) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (find(payload) == nullptr && std::chrono::steady_clock::now() < deadline) {
      io_.restart();
      io_.run_for(std::chrono::milliseconds(10));
    }
    return find(payload);
  }

  // The same without waiting. Send a datagram that may be missing first, and call this after a
  // later one has arrived.
  const delivered* find(std::string_view payload) const {
    const auto found = std::find_if(all_.begin(), all_.end(), [payload](const delivered& datagram) {
      return datagram.payload == payload;
    });
    return found == all_.end() ? nullptr : &*found;
  }
  bool has(std::string_view payload) const { return find(payload) != nullptr; }

private:
  asio::io_context& io_;
  std::vector<delivered> all_;
  ancillary::receiver<std::function<void(const ancillary::packet&)>> receiver_;
};

inline asio::ip::udp::socket bound_socket(asio::io_context& io, asio::ip::udp protocol,
                                          unsigned short port = 0) {
  asio::ip::udp::socket socket(io, protocol);
  socket.set_option(asio::ip::udp::socket::reuse_address(true));
  socket.bind({protocol, port});
  return socket;
}

inline void send(asio::ip::udp::socket& socket, std::string_view payload,
                 const asio::ip::address& to, unsigned short port) {
  socket.send_to(asio::buffer(payload), {to, port});
}

} // namespace option_tests
