// restarting_server PORT --path PATH: echoes datagrams, and is replaced by its next run without
// losing one. The second run with the same arguments takes the sockets of the first, which ends.
// Started by systemd with a socket unit, it uses those sockets.
//
// Each answer is the request, followed by the lane and a number that differs from run to run.

#include "support/example_arguments.hpp"
#include <ancillary/recvmsg.hpp>

#include <asio/signal_set.hpp>
#include <csignal>
#include <cstdint>
#include <exception>
#include <iostream>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <utility>

namespace {

const std::uint32_t run = std::random_device()();

auto answer_from(std::size_t lane) {
  return [text = " lane " + std::to_string(lane) + " of " + std::to_string(run),
          answer = std::string()](const ancillary::packet& request) mutable {
    const auto payload = request.payload();
    answer.assign(reinterpret_cast<const char*>(payload.data()), payload.size());
    answer += text;
    request.reply(std::as_bytes(std::span(answer)));
  };
}

ancillary::lanes make_server(const asio::ip::udp::endpoint& endpoint,
                             const ancillary::lane_options& options) {
  ancillary::passed_sockets activated = ancillary::activated_sockets();
  if (!activated.empty()) {
    return {std::move(activated), &answer_from, options};
  }
  return {endpoint, &answer_from, options};
}

} // namespace

int main(int argc, char** argv) {
  example::arguments arguments("Echoes datagrams, also while it is replaced by its next run");
  std::uint16_t port = 7;
  unsigned count = 2;
  unsigned buffer = 4 << 20;
  std::string path;
  arguments.require("PORT", port);
  arguments.require("PATH", path, "where the next run finds this one");
  arguments.add("--lanes", count, "for the first run");
  arguments.add("--receive-buffer", buffer, "bytes for what waits during the change");
  if (const auto status = arguments.parse(argc, argv)) {
    return *status;
  }
  try {
    ancillary::lane_options options;
    options.count = count;
    options.take_over = path;
    options.receive.receive_buffer_bytes = static_cast<int>(buffer);
    options.receive.metadata.require({ancillary::field::destination});
    options.receive.on_full_send_buffer = ancillary::full_send_buffer::wait;
    ancillary::lanes server = make_server({asio::ip::udp::v4(), port}, options);
    server.start(); // the run before has stopped by then
    server.hand_over(path);
    std::cout << "run " << run << " receives on port " << server.local_endpoint().port()
              << std::endl;

    asio::io_context io;
    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](const std::error_code& error, int) {
      if (!error) {
        server.finish();
      }
    });
    std::thread waiting([&] { io.run(); });
    server.join(); // until a signal, or until the next run has taken over
    io.stop();
    waiting.join();
    std::cout << "run " << run << (server.handed_over() ? " is replaced" : " ends") << " after "
              << server.counters().datagrams << " datagrams, "
              << server.counters().discarded_on_stop << " discarded, "
              << server.reply_counters().datagrams << " answered" << std::endl;
  } catch (const std::exception& problem) {
    std::cerr << "restarting_server: " << ancillary::describe(problem) << std::endl;
    return 1;
  }
}
