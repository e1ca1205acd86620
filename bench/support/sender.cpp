#include "sender.hpp"

#include "platform.hpp"

#include <array>
#include <asio/buffer.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

namespace ancillary::bench {

namespace {

using clock = std::chrono::steady_clock;
using tcp = asio::ip::tcp;

// A request: these numbers, then the ports. Both ends run on one machine.
struct request {
  std::uint32_t stop;
  std::uint32_t kind;
  std::uint32_t datagram_bytes;
  std::uint32_t segments;
  std::uint32_t flows;
  std::uint64_t count;
  std::uint64_t rate;
  std::uint64_t ports;
};

// A receiver would wait for ever for a lost datagram. If it is silent for this long, more are sent.
constexpr std::chrono::seconds patience{1};
constexpr std::chrono::milliseconds help_interval{10};

// How often a flood checks for a message from the receiver.
constexpr unsigned calls_between_looks = 32;

class traffic_server {
public:
  explicit traffic_server(tcp::socket socket) : socket_(std::move(socket)) {
    socket_.set_option(tcp::no_delay(true));
  }

  void serve() {
    for (;;) {
      request next{};
      read(&next, sizeof next);
      if (next.stop != 0) {
        write(&sent_, sizeof sent_);
        continue;
      }
      traffic wanted;
      wanted.kind = static_cast<load>(next.kind);
      wanted.datagram_bytes = next.datagram_bytes;
      wanted.segments = next.segments;
      wanted.flows = next.flows;
      wanted.count = next.count;
      wanted.rate = next.rate;
      wanted.ports.resize(next.ports);
      read(wanted.ports.data(), wanted.ports.size() * sizeof wanted.ports[0]);
      if (!source_ || !same_source(wanted, last_)) {
        source_ = make_datagram_source(wanted);
        last_ = wanted;
      }
      sent_ = 0;
      run(wanted);
    }
  }

private:
  static bool same_source(const traffic& a, const traffic& b) {
    return a.datagram_bytes == b.datagram_bytes && a.segments == b.segments && a.flows == b.flows &&
           a.ports == b.ports;
  }

  void run(const traffic& wanted) {
    if (wanted.kind == load::drain) {
      while (sent_ < wanted.count) {
        sent_ += source_->send(wanted.count - sent_);
      }
      write(&sent_, sizeof sent_);
      help_after_silence();
      return;
    }
    write(&sent_, sizeof sent_);
    if (wanted.kind == load::flood) {
      while (socket_.available() == 0) {
        for (unsigned i = 0; i < calls_between_looks; ++i) {
          sent_ += source_->send(~std::uint64_t{0});
        }
      }
      return;
    }
    const auto interval = std::chrono::nanoseconds(1'000'000'000 / wanted.rate);
    auto next = clock::now();
    while (socket_.available() == 0) {
      while (clock::now() < next) {
        // Sleeping is not precise enough for one datagram per wake-up.
      }
      sent_ += source_->send(1);
      next += interval;
    }
  }

  void help_after_silence() {
    const auto end = clock::now() + patience;
    while (socket_.available() == 0) {
      if (clock::now() > end) {
        sent_ += source_->send(64);
        std::this_thread::sleep_for(help_interval);
      } else {
        std::this_thread::sleep_for(std::chrono::microseconds(20));
      }
    }
  }

  void read(void* data, std::size_t bytes) { asio::read(socket_, asio::buffer(data, bytes)); }
  void write(const void* data, std::size_t bytes) {
    asio::write(socket_, asio::buffer(data, bytes));
  }

  tcp::socket socket_;
  std::unique_ptr<datagram_source> source_;
  traffic last_;
  std::uint64_t sent_ = 0;
};

} // namespace

void serve_traffic(std::uint16_t port, void (*listening)(std::uint16_t)) {
  asio::io_context io;
  tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), port});
  listening(acceptor.local_endpoint().port());
  for (;;) {
    try {
      traffic_server(acceptor.accept()).serve();
    } catch (const std::system_error&) {
      // The receiver has exited.
    }
  }
}

sender_link::sender_link(std::uint16_t port) : socket_(io_) {
  socket_.connect({asio::ip::address_v4::loopback(), port});
  socket_.set_option(tcp::no_delay(true));
}

void sender_link::start(const traffic& wanted) {
  request next{};
  next.kind = static_cast<std::uint32_t>(wanted.kind);
  next.datagram_bytes = wanted.datagram_bytes;
  next.segments = wanted.segments;
  next.flows = wanted.flows;
  next.count = wanted.count;
  next.rate = wanted.rate;
  next.ports = wanted.ports.size();
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(&next, sizeof next),
                                                  asio::buffer(wanted.ports)};
  asio::write(socket_, buffers);
  std::uint64_t sent = 0;
  asio::read(socket_, asio::buffer(&sent, sizeof sent));
}

std::uint64_t sender_link::stop() {
  request next{};
  next.stop = 1;
  asio::write(socket_, asio::buffer(&next, sizeof next));
  std::uint64_t sent = 0;
  asio::read(socket_, asio::buffer(&sent, sizeof sent));
  return sent;
}

} // namespace ancillary::bench
