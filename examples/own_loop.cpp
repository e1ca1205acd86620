// own_loop [PORT]: receives in its own event loop around poll, without Asio's loop and without
// threads. Prints the metadata of each datagram, replies, and ends after an empty datagram.

#include "platform/readiness.hpp"
#include "support/example_arguments.hpp"
#include <ancillary/recvmsg.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  using ancillary::field;
  example::arguments arguments("Answers datagrams in a loop around poll; an empty one ends it");
  std::uint16_t port = 9000;
  arguments.add("PORT", port);
  if (const auto status = arguments.parse(argc, argv)) {
    return *status;
  }
  try {
    const example::udp_socket socket(port); // opened by this program
    ancillary::drain drain(socket.handle(),
                           {.metadata = ancillary::want({field::destination, field::hop_limit})});
    ancillary::sender sender(socket.handle());
    std::cout << "polling on port " << socket.port() << std::endl;

    bool going_on = true;
    const auto handle = [&](const ancillary::packet& request, ancillary::receive_control& control) {
      if (request.payload().empty()) {
        going_on = false;
        control.stop();
        return;
      }
      if (request.payload_truncated()) {
        std::cout << "the first ";
      }
      std::cout << request.payload().size() << " bytes from " << request.remote();
      if (const auto destination = request.metadata().destination()) {
        std::cout << " to " << *destination;
      }
      if (const auto ttl = request.metadata().hop_limit()) {
        std::cout << ", TTL " << int{*ttl};
      }
      std::cout << std::endl;
      const ancillary::outgoing reply[] = {ancillary::reply_to(request, request.payload())};
      std::error_code error;
      if (sender.send(reply, error) == 0) {
        std::cerr << "cannot reply: " << ancillary::describe(error) << std::endl;
      }
    };

    while (going_on) {
      // A real program would wait here for its other events as well.
      if (!example::wait_readable(socket.handle(), std::chrono::seconds(1))) {
        continue;
      }
      // Receives up to four batches; if more are pending, poll returns at once.
      const ancillary::drain_result result = drain.receive(handle);
      if (result.error.condition != ancillary::receive_condition::none) {
        std::cerr << to_string(result.error.condition) << std::endl;
        going_on = going_on && !result.error.fatal;
      }
    }
    std::cout << drain.counters().datagrams << " received" << std::endl;
  } catch (const std::exception& problem) {
    std::cerr << "own_loop: " << ancillary::describe(problem) << std::endl;
    return 1;
  }
}
