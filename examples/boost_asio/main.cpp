// boost_asio [PORT]: echo_server for programs that use Boost.Asio. Boost.Asio owns the socket and
// waits for it; ancillary::drain receives and replies (echo.cpp).

#include "echo.hpp"
#include "example_arguments.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdint>
#include <exception>
#include <iostream>

namespace {

using boost::asio::ip::udp;

// On all addresses of this host, IPv4 and IPv6 on one socket.
udp::socket listen(boost::asio::io_context& io, std::uint16_t port) {
  udp::socket socket(io, udp::v6());
  socket.set_option(boost::asio::ip::v6_only(false));
  socket.bind({udp::v6(), port});
  return socket;
}

class server {
public:
  server(boost::asio::io_context& io, std::uint16_t port)
      : io_(io),
        socket_(listen(io, port)),
        echo_(static_cast<std::uintptr_t>(socket_.native_handle())) {
    wait_for(udp::socket::wait_read);
  }

  void stop() {
    stopped_ = true; // a wait that has ended may still have to call its handler
    socket_.cancel();
  }
  std::uint16_t port() const { return socket_.local_endpoint().port(); }
  bool has_failed() const { return has_failed_; }
  example::echo::counts counters() const { return echo_.counters(); }

private:
  void wait_for(udp::socket::wait_type event) {
    socket_.async_wait(event, [this](const boost::system::error_code& error) {
      if (!error && !stopped_) {
        receive();
      }
    });
  }

  // If datagrams are left, the next wait ends at once, after other handlers had their turn.
  void receive() {
    switch (echo_.receive()) {
    case example::echo::next::readable:
      wait_for(udp::socket::wait_read);
      break;
    case example::echo::next::writable:
      wait_for(udp::socket::wait_write);
      break;
    case example::echo::next::nothing:
      has_failed_ = true;
      io_.stop();
      break;
    }
  }

  boost::asio::io_context& io_;
  udp::socket socket_;
  example::echo echo_; // destroyed before the socket
  bool stopped_ = false;
  bool has_failed_ = false;
};

} // namespace

int main(int argc, char** argv) {
  example::arguments arguments("Echoes every datagram (RFC 862), on a socket of Boost.Asio");
  std::uint16_t port = 7;
  arguments.add("PORT", port);
  if (const auto status = arguments.parse(argc, argv)) {
    return *status;
  }
  try {
    boost::asio::io_context io;
    server echoing(io, port);
    std::cout << "echoing on port " << echoing.port() << std::endl;

    boost::asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code&, int) { echoing.stop(); });
    io.run();
    const example::echo::counts counted = echoing.counters();
    std::cout << counted.received << " received, " << counted.sent << " sent, " << counted.refused
              << " refused" << std::endl;
    return echoing.has_failed() ? 1 : 0;
  } catch (const std::exception& problem) {
    std::cerr << "boost_asio: " << problem.what() << std::endl;
    return 1;
  }
}
