// Joins a group and prints the first datagram to it: multicast_join 239.1.2.3 eth0 9000

#include <ancillary/recvmsg.hpp>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>

int main(int argc, char* argv[]) try {
  if (argc != 4) {
    std::cerr << "usage: multicast_join GROUP INTERFACE PORT (an IPv4 group; name or index)\n";
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::strtoul(argv[3], nullptr, 10));
  asio::io_context io;
  asio::ip::udp::socket socket(io, {asio::ip::udp::v4(), port});

  const auto group = asio::ip::make_address(argv[1]);
  ancillary::join_group(socket, group, argv[2]);
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
