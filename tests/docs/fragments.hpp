// What the code blocks of the guides stand on in the tests. Each block is compiled as it is
// printed, in one of the wrappers beside this file.
#pragma once

#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include "support/real_windows.hpp"
#include <ancillary/recvmsg.hpp>

#include <array>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_awaitable.hpp>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace docs_test {

using namespace ancillary_test;
using ancillary::field;

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The fields that the guides speak of.
inline ancillary::receive_options all_wanted() {
  ancillary::receive_options options;
  options.metadata.want(ancillary::field_set::all() -
                        ancillary::field_set{field::segment_bytes, field::original_destination});
  return options;
}

// Whether a program of the guides can use this port now.
inline bool is_free(std::uint16_t port) {
  asio::io_context io;
  std::error_code error;
  asio::ip::udp::socket probe(io, asio::ip::udp::v4());
  probe.bind({asio::ip::udp::v4(), port}, error);
  return !error;
}

inline bool are_free(std::initializer_list<std::uint16_t> ports) {
  return std::ranges::all_of(ports, is_free);
}

// A client on the loopback interface: sends datagrams from one socket and waits for answers.
class client {
public:
  client() : socket_(io_, loopback_any_port()) { socket_.non_blocking(true); }

  [[nodiscard]] asio::ip::udp::endpoint endpoint() const { return socket_.local_endpoint(); }
  [[nodiscard]] asio::ip::udp::socket& socket() noexcept { return socket_; }

  void send(std::string_view text, std::uint16_t port) {
    socket_.send_to(asio::buffer(text.data(), text.size()),
                    {asio::ip::address_v4::loopback(), port});
  }

  // The next datagram, if one is there.
  [[nodiscard]] std::optional<std::string> answer() {
    std::error_code error;
    asio::ip::udp::endpoint from;
    const std::size_t size = socket_.receive_from(asio::buffer(buffer_), from, 0, error);
    return error ? std::nullopt : std::optional(std::string(buffer_.data(), size));
  }

private:
  asio::io_context io_;
  asio::ip::udp::socket socket_;
  std::array<char, 65536> buffer_{};
};

// Sends to a port until destroyed, as a block that runs its own loop needs it.
class steady_client {
public:
  explicit steady_client(std::uint16_t port)
      : thread_([this, port] {
          client out;
          while (!done_) {
            out.send("hello", port);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
          }
        }) {}
  ~steady_client() {
    done_ = true;
    thread_.join();
  }

private:
  std::atomic<bool> done_{false};
  std::thread thread_;
};

} // namespace docs_test

// Blocks use what their program would have: Asio, the standard library, this library.
using namespace docs_test; // NOLINT(google-build-using-namespace)
