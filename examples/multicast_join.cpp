// Joins a group, stays a member while the interface comes and goes, and prints what arrives:
// multicast_join 239.1.2.3 eth0 9000

#include "support/example_arguments.hpp"
#include <ancillary/recvmsg.hpp>

#include <cstdint>
#include <exception>
#include <iostream>
#include <string>

int main(int argc, char* argv[]) try {
  example::arguments arguments("Joins a group and prints the datagrams to it");
  std::string address, interface;
  std::uint16_t port = 0;
  unsigned count = 1;
  arguments.require("GROUP", address, "IPv4");
  arguments.require("INTERFACE", interface, "name, index or address");
  arguments.require("PORT", port);
  arguments.add("--count", count, "Exit after this many datagrams");
  if (const auto status = arguments.parse(argc, argv)) {
    return *status;
  }
  asio::io_context io;
  const auto group = asio::ip::make_address(address);
  ancillary::multicast_filter ours; // a wildcard socket also receives groups that others joined
  ours.insert(group);

  ancillary::receiver receiver(
      io, {asio::ip::udp::v4(), port},
      [&](const ancillary::packet& packet) {
        if (ours.accepts(packet.metadata())) {
          std::cout << packet.metadata() << std::endl;
          if (--count == 0) {
            io.stop();
          }
        }
      },
      {.metadata = ancillary::want({ancillary::field::destination, ancillary::field::hop_limit})});
  ancillary::group_membership groups(receiver.socket());
  groups.on_change([](const auto& change) { std::clog << change << std::endl; });
  if (groups.join(group, {.interfaces = {interface}}) == 0) {
    std::clog << "waiting for " << interface << std::endl;
  }
  std::cout << "on port " << receiver.local_endpoint().port() << std::endl;
  receiver.start();
  io.run();
  return 0;
} catch (const std::exception& error) {
  std::cerr << "multicast_join: " << ancillary::describe(error) << '\n';
  return 1;
}
