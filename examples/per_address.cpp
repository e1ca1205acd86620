// Echoes on each address of this host, without the wildcard address: per_address 9000

#include <ancillary/recvmsg.hpp>

#include <algorithm>
#include <CLI/CLI.hpp>
#include <cstdint>
#include <exception>
#include <iostream>
#include <map>
#include <utility>

namespace {

void echo(const ancillary::packet& request) { request.reply(request.payload()); }

class echo_servers {
public:
  echo_servers(asio::io_context& io, std::uint16_t port) : io_(io), port_(port), interfaces_(io) {
    interfaces_.on_change([this](const ancillary::interface_change& change) { follow(change); });
    for (const ancillary::network_interface& each : interfaces_.all()) {
      follow({nullptr, &each}); // as if it were new
    }
  }

private:
  void follow(const ancillary::interface_change& change) {
    for (const ancillary::ip_address& each : change.lost_addresses()) {
      if (const auto at = change.before->endpoint(each, port_); !is_usable(at)) {
        close(at);
      }
    }
    for (const ancillary::ip_address& each : change.gained_addresses()) {
      open(change.after->endpoint(each, port_));
    }
  }

  // Also on another interface, which can have the same address or have taken it over.
  [[nodiscard]] bool is_usable(const asio::ip::udp::endpoint& at) const {
    return std::ranges::any_of(interfaces_.all(), [&](const ancillary::network_interface& on) {
      return std::ranges::any_of(on.addresses, [&](const ancillary::interface_address& each) {
        return each.state == ancillary::address_state::usable &&
               on.endpoint(each.address, port_) == at;
      });
    });
  }

  void open(const asio::ip::udp::endpoint& at) {
    if (receivers_.contains(at)) {
      return; // another interface has the address
    }
    std::error_code error;
    echo_receiver receiver(io_, at, &echo, {}, error);
    if (error) {
      std::cout << "not on " << at << ": " << ancillary::describe(error) << std::endl;
      return;
    }
    receiver.start();
    receivers_.emplace(at, std::move(receiver));
    std::cout << "listening on " << at << std::endl;
  }

  void close(const asio::ip::udp::endpoint& at) {
    if (receivers_.erase(at) != 0) {
      std::cout << "closed " << at << std::endl;
    }
  }

  using echo_receiver = ancillary::receiver<decltype(&echo)>;

  asio::io_context& io_;
  std::uint16_t port_;
  std::map<asio::ip::udp::endpoint, echo_receiver> receivers_;
  ancillary::network_interfaces interfaces_;
};

} // namespace

int main(int argc, char* argv[]) try {
  CLI::App app("Echoes on each address of this host");
  std::uint16_t port = 0;
  app.add_option("PORT", port)->required();
  app.failure_message(CLI::FailureMessage::help);
  CLI11_PARSE(app, argc, argv);
  asio::io_context io;
  const echo_servers servers(io, port);
  io.run();
  return 0;
} catch (const std::exception& error) {
  std::cerr << "per_address: " << ancillary::describe(error) << '\n';
  return 1;
}
