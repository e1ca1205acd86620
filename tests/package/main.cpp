#include <ancillary/recvmsg.hpp>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <chrono>
#include <iostream>
#include <string_view>

// Receives one datagram on the loopback interface and prints it with its destination address.
int main() {
  constexpr std::string_view text = "hello";
  asio::io_context io;
  const asio::ip::udp::endpoint loopback(asio::ip::address_v4::loopback(), 0);

  bool received = false;
  ancillary::receive_options options;
  options.metadata.require({ancillary::field::destination});
  ancillary::receiver receiver(
      io, loopback,
      [&](const ancillary::packet& packet) {
        const auto payload = packet.payload();
        const std::string_view got(reinterpret_cast<const char*>(payload.data()), payload.size());
        const auto destination = packet.metadata().destination();
        std::cout << "received \"" << got << "\" from " << packet.remote() << " sent to "
                  << (destination ? ancillary::to_string(*destination) : "?") << std::endl;
        received =
            got == text && destination && ancillary::to_asio(*destination) == loopback.address();
        io.stop();
      },
      options);
  receiver.start();

  asio::ip::udp::socket sender(io, loopback);
  sender.send_to(asio::buffer(text), receiver.local_endpoint());
  io.run_for(std::chrono::minutes(1)); // ends with the datagram
  return received ? 0 : 1;
}
