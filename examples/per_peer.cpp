// per_peer PORT: echoes datagrams through a socket for each peer, as TURN and DTLS servers keep
// them. Each answer is the request, followed by how many of this peer's have come.
//
// The system finds the socket of a datagram, and the peer's state is beside it. All sockets share
// one batch of slots.

#include "support/example_arguments.hpp"
#include <ancillary/recvmsg.hpp>

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <unordered_map>

namespace {

using asio::ip::udp;

struct hash_of_endpoint {
  std::size_t operator()(const udp::endpoint& of) const noexcept {
    return std::hash<asio::ip::address>()(of.address()) * 31 + of.port();
  }
};

class server {
public:
  server(asio::io_context& io, std::uint16_t port, std::size_t most_peers,
         std::chrono::seconds idle_time)
      : io_(io),
        most_peers_(most_peers),
        idle_time_(idle_time),
        pool_(ancillary::slot_pool::make({.receivers = most_peers + 1})),
        listener_(io, {udp::v4(), port}, to_listener{this}, options()),
        sweep_(io) {
    ancillary::share_with_peers(listener_.socket());
    listener_.start();
    sweep_later();
  }

  [[nodiscard]] udp::endpoint local_endpoint() const { return listener_.local_endpoint(); }
  [[nodiscard]] std::size_t peers() const { return peers_.size(); }
  [[nodiscard]] std::uint64_t passed_on() const { return passed_on_; }
  [[nodiscard]] std::uint64_t unsent() const { return unsent_; }

private:
  struct to_listener {
    server* all;
    void operator()(const ancillary::packet& request) const {
      all->find_or_open(all->listener_.socket(), request);
    }
  };

  struct peer;
  struct to_peer {
    server* all;
    peer* its;
    void operator()(const ancillary::packet& request) const { all->receive(*its, request); }
  };

  struct peer {
    udp::endpoint remote;
    std::uint64_t count = 0;
    bool is_idle = false; // since the last sweep
    std::unique_ptr<ancillary::receiver<to_peer>> receiver = nullptr;
  };

  [[nodiscard]] ancillary::receive_options options() const {
    ancillary::receive_options made;
    made.metadata.require({ancillary::field::destination});
    made.pool = pool_;
    return made;
  }

  // From a peer's socket.
  void receive(peer& from, const ancillary::packet& request) {
    if (request.remote() == from.remote) {
      serve(from, request);
    } else { // it came when the socket was bound and not yet connected
      ++passed_on_;
      find_or_open(from.receiver->socket(), request);
    }
  }

  // From a peer that is new, or from one whose datagram waited while its socket was opened.
  void find_or_open(udp::socket& received_by, const ancillary::packet& request) {
    const auto known = peers_.find(request.remote());
    if (known != peers_.end()) {
      ++passed_on_;
      serve_by_receiver(*known->second, request);
    } else if (peers_.size() < most_peers_) {
      try {
        serve_by_receiver(open(received_by, request), request);
      } catch (const std::exception& problem) { // no descriptor left, or a request to a group
        std::cerr << "no socket for " << request.remote() << ": " << ancillary::describe(problem)
                  << std::endl;
      }
    } // else the peer tries again
  }

  peer& open(udp::socket& received_by, const ancillary::packet& request) {
    auto made = std::make_unique<peer>();
    made->remote = request.remote();
    made->receiver = std::make_unique<ancillary::receiver<to_peer>>(
        ancillary::open_peer_socket(received_by, io_.get_executor(), request),
        to_peer{this, made.get()}, ancillary::receive_options{.pool = pool_});
    made->receiver->start();
    return *peers_.emplace(made->remote, std::move(made)).first->second;
  }

  static std::string answer_to(peer& from, const ancillary::packet& request) {
    from.is_idle = false;
    const auto payload = request.payload();
    std::string answer(reinterpret_cast<const char*>(payload.data()), payload.size());
    return answer += ' ' + std::to_string(++from.count);
  }

  // By the peer's socket, as a TURN or DTLS library does it. (request.reply() would send the
  // answers of a batch together, and keep 15 KiB for that in each socket.)
  void serve(peer& from, const ancillary::packet& request) {
    std::error_code error;
    from.receiver->socket().send(asio::buffer(answer_to(from, request)), 0, error);
    unsent_ += error ? 1U : 0U; // the send buffer is full, or the peer refused an earlier answer
  }

  // By the socket that received it, which need not be bound to the peer's own address.
  static void serve_by_receiver(peer& from, const ancillary::packet& request) {
    const std::string answer = answer_to(from, request);
    request.reply(std::as_bytes(std::span(answer)));
  }

  // Nothing came, and nothing waits.
  static bool is_forgotten(const peer& idle) {
    const auto queue = idle.receiver->occupancy().queue;
    return idle.is_idle && queue && queue->bytes == 0;
  }

  // Forgets peers of which nothing came in between two sweeps.
  void sweep_later() {
    sweep_.expires_after(idle_time_);
    sweep_.async_wait([this](const std::error_code& error) {
      if (error) {
        return;
      }
      std::erase_if(peers_, [](const auto& each) { return is_forgotten(*each.second); });
      for (const auto& each : peers_) {
        each.second->is_idle = true;
      }
      sweep_later();
    });
  }

  asio::io_context& io_;
  std::size_t most_peers_;
  std::chrono::seconds idle_time_;
  std::shared_ptr<ancillary::slot_pool> pool_;
  std::unordered_map<udp::endpoint, std::unique_ptr<peer>, hash_of_endpoint> peers_;
  ancillary::receiver<to_listener> listener_;
  asio::steady_timer sweep_;
  std::uint64_t passed_on_ = 0;
  std::uint64_t unsent_ = 0;
};

} // namespace

int main(int argc, char** argv) {
  example::arguments arguments("Echoes datagrams through a socket for each peer");
  std::uint16_t port = 7;
  unsigned most_peers = 10'000;
  unsigned idle_seconds = 30;
  arguments.add("PORT", port);
  arguments.add("--peers", most_peers, "at most");
  arguments.add("--idle", idle_seconds, "seconds until a silent peer is forgotten");
  if (const auto status = arguments.parse(argc, argv)) {
    return *status;
  }
  try {
    asio::io_context io;
    const server echo(io, port, most_peers, std::chrono::seconds(idle_seconds));
    std::cout << "echoing on port " << echo.local_endpoint().port() << std::endl;
    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](const std::error_code&, int) { io.stop(); });
    io.run();
    std::cout << echo.peers() << " peers, " << echo.passed_on() << " datagrams passed on, "
              << echo.unsent() << " answers not sent" << std::endl;
  } catch (const std::exception& problem) {
    std::cerr << "per_peer: " << ancillary::describe(problem) << std::endl;
    return 1;
  }
}
