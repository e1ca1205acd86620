#include <ancillary/recvmsg.hpp>

#include <iostream>

int main() {
  asio::io_context io;
  ancillary::receiver receiver(
      io, {asio::ip::udp::v4(), 9000},
      [](const ancillary::packet& packet) {
        std::cout << packet.payload().size() << " bytes from " << packet.remote();
        if (const auto destination = packet.metadata().destination())
          std::cout << " to " << *destination;
        if (const auto ttl = packet.metadata().hop_limit())
          std::cout << ", TTL " << int{*ttl};
        std::cout << std::endl;
      },
      {.metadata = ancillary::want({ancillary::field::destination, ancillary::field::hop_limit})});
  receiver.start();
  io.run();
}
