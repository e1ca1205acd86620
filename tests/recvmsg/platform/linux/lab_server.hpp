// A server on a host of a lab, on its own thread.
#pragma once

#include "lab.hpp"
#include "support/patience.hpp"
#include <ancillary/recvmsg/receiver.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace option_tests {

// The kind of a server's socket.
enum class listens { v4, v6, dual_stack };

inline const char* name_of(listens on) {
  return on == listens::v4 ? "IPv4" : on == listens::v6 ? "IPv6" : "dual-stack";
}

// Echoes each request from a socket bound to the wildcard address.
class lab_server {
public:
  using handler = std::function<void(const ancillary::packet&)>;

  lab_server(const lab& in, char host, listens on, ancillary::reply_options reply = {})
      : lab_server(in, host, on, [reply](const ancillary::packet& request) {
          request.reply(request.payload(), reply);
        }) {}

  lab_server(const lab& in, char host, listens on, handler answer,
             ancillary::receive_options options = {})
      : receiver_(in.in(host,
                        [&] {
                          const auto protocol =
                              on == listens::v4 ? asio::ip::udp::v4() : asio::ip::udp::v6();
                          options.metadata.require({ancillary::field::destination});
                          options.dual_stack = on == listens::dual_stack;
                          auto made =
                              std::make_unique<receiver>(io_, asio::ip::udp::endpoint(protocol, 0),
                                                         std::move(answer), options);
                          made->socket().set_option(asio::ip::udp::socket::broadcast(true));
                          made->start();
                          return made;
                        })),
        thread_([this, &in, host] { in.in(host, [this] { return io_.run(); }); }) {}

  ~lab_server() {
    io_.stop();
    thread_.join();
  }

  [[nodiscard]] unsigned short port() const { return receiver_->local_endpoint().port(); }
  [[nodiscard]] ancillary::send_counters counters() const { return receiver_->reply_counters(); }
  // Waits until `replies` are counted: a reply arrives before its server has counted it.
  [[nodiscard]] ancillary::send_counters settled_counters(std::uint64_t replies) const {
    const auto deadline = std::chrono::steady_clock::now() + ancillary_test::patience;
    for (;;) {
      const auto now = counters();
      if (now.datagrams + now.refused + now.errors + now.dropped >= replies ||
          std::chrono::steady_clock::now() > deadline) {
        return now;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  [[nodiscard]] ancillary::receive_counters received() const { return receiver_->counters(); }
  [[nodiscard]] asio::ip::udp::socket& socket() { return receiver_->socket(); }

private:
  using receiver = ancillary::receiver<handler>;

  asio::io_context io_;
  std::unique_ptr<receiver> receiver_;
  std::thread thread_;
};

// One request from an address of a host.
struct lab_question {
  char host;
  const char* from; // "fe80::2%p0" also selects the link
  const char* to;
  const char* by = nullptr; // the link, SO_BINDTODEVICE
};

inline constexpr std::chrono::milliseconds no_patience{200};

// The bytes of the reply, which must come from the requested address, or nothing.
std::optional<std::string> ask(const lab& in, const lab_question& each, unsigned short port,
                               std::chrono::milliseconds limit = ancillary_test::patience);

} // namespace option_tests
