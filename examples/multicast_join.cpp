// Joins a group and prints the first datagram to it: multicast_join 239.1.2.3 eth0 9000

#include "support/example_arguments.hpp"
#include <ancillary/recvmsg.hpp>

#include <cstdint>
#include <exception>
#include <iostream>
#include <string>

int main(int argc, char* argv[]) try {
  example::arguments arguments("Joins a group and prints the first datagram to it");
  std::string address, interface;
  std::uint16_t port = 0;
  arguments.require("GROUP", address, "IPv4");
  arguments.require("INTERFACE", interface, "name or index");
  arguments.require("PORT", port);
  if (const auto status = arguments.parse(argc, argv)) {
    return *status;
  }
  asio::io_context io;
  asio::ip::udp::socket socket(io, {asio::ip::udp::v4(), port});

  const auto group = asio::ip::make_address(address);
  ancillary::join_group(socket, group, interface);
  socket.set_option(ancillary::options::receive_packet_info(true));
  socket.set_option(ancillary::options::receive_hop_limit(true));
  ancillary::multicast_filter ours; // a wildcard socket also receives groups that others joined
  ours.insert(group);

  std::cout << "on port " << socket.local_endpoint().port() << std::endl;
  ancillary::receiver receiver(std::move(socket), [&](const ancillary::packet& packet) {
    if (ours.accepts(packet.metadata())) {
      std::cout << packet.metadata() << std::endl;
      io.stop();
    }
  });
  receiver.start();
  io.run();
  return 0;
} catch (const std::exception& error) {
  std::cerr << "multicast_join: " << ancillary::describe(error) << '\n';
  return 1;
}
