// worker_pool [PORT [WORKERS]]: one thread receives and passes every datagram, without a copy, to a
// pool of workers. A worker may take any time and then replies with the same bytes. While the
// workers hold every slot, receiving pauses and the system's receive buffer fills up.

#include "support/example_arguments.hpp"
#include <ancillary/recvmsg.hpp>

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/signal_set.hpp>
#include <asio/thread_pool.hpp>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <exception>
#include <iostream>
#include <random>
#include <thread>

namespace {

// Stands for a database query, a signature, or other slow work.
void work_for_a_while() {
  thread_local std::minstd_rand random(std::random_device{}());
  if (random() % 64 == 0) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 2000));
  }
}

class workers {
public:
  workers(asio::ip::udp::socket::native_handle_type socket, unsigned count)
      : socket_(socket), threads_(count) {}

  // The retained packet keeps its slot until it is destroyed.
  void take(const ancillary::packet& request) {
    if (request.payload_truncated()) {
      return; // longer than a slot: nothing to work on
    }
    asio::post(threads_, [this, held = request.retain()] {
      work_for_a_while();
      answer(held);
      done_.fetch_add(1, std::memory_order_relaxed);
    });
  }

  void join() { threads_.join(); }
  [[nodiscard]] std::uint64_t done() const noexcept { return done_; }

private:
  void answer(const ancillary::retained_packet& request) {
    // One per worker, because calls on one sender must not overlap.
    thread_local ancillary::sender sender(socket_);
    const ancillary::outgoing reply[] = {ancillary::reply_to(request, request.payload())};
    std::error_code error;
    while (sender.send(reply, error) == 0 && error == asio::error::would_block) {
      std::this_thread::yield();
    }
  }

  const asio::ip::udp::socket::native_handle_type socket_;
  asio::thread_pool threads_;
  std::atomic<std::uint64_t> done_{0};
};

} // namespace

int main(int argc, char** argv) {
  example::arguments arguments("Answers every datagram from a pool of threads");
  std::uint16_t port = 9000;
  arguments.add("PORT", port);
  unsigned count = 4;
  arguments.add("THREADS", count);
  if (const auto status = arguments.parse(argc, argv)) {
    return *status;
  }
  try {
    asio::io_context io;
    ancillary::receive_options options;
    options.metadata.want({ancillary::field::destination}); // the source address of replies
    options.batch = 16;
    options.retainable = 48; // the most packets held by the workers
    asio::ip::udp::socket socket(io, {asio::ip::udp::v4(), port});
    workers pool(socket.native_handle(), count);
    ancillary::receiver server(
        std::move(socket), [&pool](const ancillary::packet& request) { pool.take(request); },
        options);
    server.start();
    std::cout << "working on port " << server.local_endpoint().port() << std::endl;

    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](const std::error_code&, int) { server.stop(); });
    io.run();
    pool.join();
    std::cout << server.counters().datagrams << " received, " << pool.done() << " processed, "
              << server.counters().pauses << " pauses" << std::endl;
  } catch (const std::exception& problem) {
    std::cerr << "worker_pool: " << ancillary::describe(problem) << std::endl;
    return 1;
  }
}
