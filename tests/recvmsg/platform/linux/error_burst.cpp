// A burst of errors while datagrams arrive: neither is lost or uncounted.

#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/async_receiver.hpp>
#include <ancillary/recvmsg/drain.hpp>
#include <ancillary/recvmsg/error_detail.hpp>
#include <ancillary/recvmsg/packet_batch.hpp>
#include <ancillary/recvmsg/receiver.hpp>

#include <atomic>
#include <functional>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>

using namespace ancillary_test;
using ancillary::packet;
using ancillary::receive_condition;
using ancillary::receive_error;

namespace {

constexpr std::size_t error_count = 10'000;
constexpr std::size_t datagram_count = 100'000;
// The queue of errors and that of datagrams share the receive buffer.
constexpr int receive_buffer_bytes = 64 << 20;
constexpr std::size_t datagrams_ahead = 5'000;

ancillary::receive_options with_detail() {
  ancillary::receive_options options;
  options.error_detail = true;
  return options;
}

// A socket with room for all errors; empty without the privilege.
std::optional<asio::ip::udp::socket> roomy_socket(asio::io_context& io) {
  asio::ip::udp::socket socket(io, loopback_any_port());
  if (::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer_bytes,
                   sizeof receive_buffer_bytes) != 0) {
    return std::nullopt;
  }
  return socket;
}

// Each send also returns the error of the one before it, once.
void provoke_errors(asio::ip::udp::socket& socket, const asio::ip::udp::endpoint& dead) {
  for (std::size_t i = 0; i < error_count; ++i) {
    std::error_code earlier;
    socket.send_to(asio::buffer(&i, sizeof i), dead, 0, earlier);
    if (earlier) {
      socket.send_to(asio::buffer(&i, sizeof i), dead);
    }
  }
}

struct observed {
  std::atomic<std::size_t> datagrams{0};
  std::size_t errors = 0;
  std::size_t in_order = 0; // errors whose payload is the number of their datagram

  void note(const receive_error& error) {
    std::size_t number = error_count;
    if (error.detail != nullptr && error.detail->payload.size() == sizeof number) {
      std::memcpy(&number, error.detail->payload.data(), sizeof number);
    }
    in_order += number == errors ? 1U : 0U;
    errors += error.condition == receive_condition::port_unreachable ? 1U : 0U;
  }
  [[nodiscard]] bool complete() const {
    return errors == error_count && datagrams == datagram_count;
  }
};

// The datagrams arrive while the errors are read.
class flood {
public:
  flood(const asio::ip::udp::endpoint& to, const observed& seen)
      : thread_([this, to, &seen] {
          loopback_sender sender(to);
          for (std::size_t i = 0; i < datagram_count && !stop_; ++i) {
            while (i >= seen.datagrams + datagrams_ahead && !stop_) {
              std::this_thread::yield();
            }
            sender.send("datagram");
          }
        }) {}
  ~flood() {
    stop_ = true;
    thread_.join();
  }

private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

void check(const observed& seen, const ancillary::receive_counters& counted) {
  CHECK(seen.datagrams == datagram_count);
  CHECK(seen.errors == error_count);
  CHECK(seen.in_order == error_count);
  CHECK(counted.datagrams == datagram_count);
  CHECK(counted.errors_of(receive_condition::port_unreachable) == error_count);
}

struct scene {
  asio::io_context io;
  asio::ip::udp::endpoint dead{asio::ip::udp::socket(io, loopback_any_port()).local_endpoint()};
  std::optional<asio::ip::udp::socket> socket{roomy_socket(io)};
  observed seen;
};

} // namespace

TEST_CASE("error burst: a receiver loses neither errors nor datagrams", "[errors]") {
  scene now;
  if (!now.socket) {
    SKIP_BECAUSE("a large receive buffer needs a privilege");
  }
  ancillary::receiver receiver(
      std::move(*now.socket), [&](const packet&) { ++now.seen.datagrams; }, with_detail());
  receiver.on_error([&](const receive_error& error) { now.seen.note(error); });
  provoke_errors(receiver.socket(), now.dead);
  receiver.start();
  const flood datagrams(receiver.local_endpoint(), now.seen);
  CHECK(run_until(now.io, [&] { return now.seen.complete(); }));
  check(now.seen, receiver.counters());
}

TEST_CASE("error burst: a drain loses neither errors nor datagrams", "[errors]") {
  scene now;
  if (!now.socket) {
    SKIP_BECAUSE("a large receive buffer needs a privilege");
  }
  ancillary::drain drain(now.socket->native_handle(), with_detail());
  provoke_errors(*now.socket, now.dead);
  const flood datagrams(now.socket->local_endpoint(), now.seen);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!now.seen.complete() && std::chrono::steady_clock::now() < deadline) {
    const auto result = drain.receive([&](const packet&) { ++now.seen.datagrams; });
    if (result.error.condition != receive_condition::none) {
      now.seen.note(result.error);
    }
  }
  check(now.seen, drain.counters());
}

TEST_CASE("error burst: an async_receiver loses neither errors nor datagrams", "[errors]") {
  scene now;
  if (!now.socket) {
    SKIP_BECAUSE("a large receive buffer needs a privilege");
  }
  ancillary::async_receiver receiver(std::move(*now.socket), with_detail());
  provoke_errors(receiver.socket(), now.dead);
  ancillary::packet_batch batch;
  std::function<void(std::error_code)> next = [&](std::error_code error) {
    if (error) {
      now.seen.note(receiver.last_error());
    }
    now.seen.datagrams += batch.size();
    if (!now.seen.complete()) {
      receiver.async_receive(batch, std::ref(next));
    }
  };
  receiver.async_receive(batch, std::ref(next));
  const flood datagrams(receiver.local_endpoint(), now.seen);
  CHECK(run_until(now.io, [&] { return now.seen.complete(); }));
  check(now.seen, receiver.counters());
}
