// own_loop [PORT]: an event loop of its own around poll, without Asio's and without threads. It
// says of each datagram what came with it, answers, and ends after one without payload.

#include "platform/readiness.hpp"
#include <ancillary/recvmsg.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  using ancillary::field;
  const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 9000);
  try {
    const example::udp_socket socket(port); // of this program's own making
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
        std::cerr << "not answered: " << ancillary::describe(error) << std::endl;
      }
    };

    while (going_on) {
      // What else this program waits for would stand beside it.
      if (!example::wait_readable(socket.handle(), std::chrono::seconds(1))) {
        continue;
      }
      // Up to four batches; when there is more, poll says so at once.
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
