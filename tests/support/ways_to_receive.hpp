// Every way of receiving behind one interface, so that one set of tests covers all of them.
#pragma once

#include "platform/lane_sockets.hpp"
#include "support/catch.hpp"
#include "support/patience.hpp"
#include <ancillary/recvmsg/async_receiver.hpp>
#include <ancillary/recvmsg/drain.hpp>
#include <ancillary/recvmsg/lanes.hpp>
#include <ancillary/recvmsg/receiver.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <system_error>
#include <thread>
#include <vector>

namespace ancillary_test {

using ancillary::packet;
using ancillary::receive_condition;

// For events that must not happen; expected ones are waited for with patience.
inline constexpr std::chrono::milliseconds a_moment{50};

inline asio::ip::udp::endpoint any_port(const char* address) {
  return {asio::ip::make_address(address), 0};
}

// What a test examines, for every way of receiving.
struct observed {
  std::function<void(const packet&)> on_packet = [](const packet&) {};
  std::size_t delivered = 0;
  std::vector<ancillary::receive_error> errors;
  std::vector<bool> pauses;

  void operator()(const packet& each) {
    ++delivered;
    on_packet(each);
  }
};

// A way of receiving has:
//   a constructor from an adopted socket's maker and options,
//   run_until(condition): receives until it holds; false after `patience`,
//   stop(): from inside on_packet or outside; no datagram is delivered after it,
//   go_on(): after stop(); the rest is delivered or counted,
//   close_socket(), counters(), reply_counters(), metadata(), socket().

// Checks at the end of each test that the counters balance: every datagram that the system returned
// was delivered or is counted with a reason.
template <class Way>
class accounted : public Way {
public:
  using Way::Way;

  ~accounted() {
    this->seen.on_packet = [](const packet&) {}; // the test's own may refer to destroyed objects
    this->stop();
    this->go_on();
    CHECK(this->run_until([&] { return balanced(); }));
  }

private:
  bool balanced() const {
    const ancillary::receive_counters now = this->counters();
    return now.datagrams ==
           this->seen.delivered + now.filtered + now.discarded_on_stop + now.unmarked_dropped;
  }
};

// Common to all ways that need an io_context. The test opens the socket, and may connect it or set
// options.
class context_owner {
public:
  explicit context_owner(const std::function<asio::ip::udp::socket(asio::io_context&)>& open)
      : socket_(open(io_)) {}

  template <class Condition>
  bool run_until(Condition holds) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) {
        return false;
      }
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds(10));
    }
    return true;
  }

  void run_for(std::chrono::milliseconds time) {
    io_.restart();
    io_.run_for(time);
  }

  observed seen;

protected:
  asio::io_context io_;
  asio::ip::udp::socket socket_;
};

template <class Handler>
class receiver_way : public context_owner {
public:
  receiver_way(const std::function<asio::ip::udp::socket(asio::io_context&)>& open,
               const ancillary::receive_options& options)
      : context_owner(open), receiver_(std::move(socket_), Handler{&seen}, options) {
    receiver_.on_error(
        [this](const ancillary::receive_error& error) { seen.errors.push_back(error); });
    receiver_.on_pause([this](bool paused) { seen.pauses.push_back(paused); });
    receiver_.start();
  }

  void stop() { receiver_.stop(); }
  void go_on() { run_for(a_moment); }
  void close_socket() { receiver_.socket().close(); }
  auto counters() const { return receiver_.counters(); }
  auto reply_counters() const { return receiver_.reply_counters(); }
  const auto& metadata() const { return receiver_.metadata(); }
  auto& socket() { return receiver_.socket(); }

private:
  ancillary::receiver<Handler> receiver_;
};

struct each_packet {
  observed* seen;
  void operator()(const packet& each) const { (*seen)(each); }
};

struct each_batch {
  observed* seen;
  void operator()(std::span<const packet> batch) const {
    for (const packet& each : batch) {
      (*seen)(each);
    }
  }
};

using callback_form = accounted<receiver_way<each_packet>>;
using batch_callback_form = accounted<receiver_way<each_batch>>;

// Requests one batch after another and examines the packets itself.
class batch_by_batch : public context_owner {
public:
  batch_by_batch(const std::function<asio::ip::udp::socket(asio::io_context&)>& open,
                 const ancillary::receive_options& options)
      : context_owner(open), receiver_(std::move(socket_), options) {
    receiver_.on_pause([this](bool paused) { seen.pauses.push_back(paused); });
  }

  // The caller owns the batch: it ignores the rest of it.
  void stop() {
    stopped_ = true;
    receiver_.cancel();
  }
  void go_on() {
    for (; next_ < batch_.size(); ++next_) {
      ++left_over_;
    }
  }
  void close_socket() { receiver_.socket().close(); }
  auto counters() const {
    auto now = receiver_.counters();
    now.discarded_on_stop += left_over_;
    return now;
  }
  auto reply_counters() const { return receiver_.reply_counters(); }
  const auto& metadata() const { return receiver_.metadata(); }
  auto& socket() { return receiver_.socket(); }

protected:
  // False if another request makes no sense.
  bool look_at_batch(std::error_code error) {
    if (error && !stopped_) {
      seen.errors.push_back(receiver_.last_error());
      if (seen.errors.back().fatal) {
        return false;
      }
    }
    for (next_ = 0; next_ < batch_.size() && !stopped_;) {
      seen(batch_[next_++]);
    }
    return !stopped_;
  }

  ancillary::async_receiver receiver_;
  ancillary::packet_batch batch_;

private:
  std::size_t next_ = 0;
  std::size_t left_over_ = 0;
  bool stopped_ = false;
};

class coroutine_way : public batch_by_batch {
public:
  coroutine_way(const std::function<asio::ip::udp::socket(asio::io_context&)>& open,
                const ancillary::receive_options& options)
      : batch_by_batch(open, options) {
    asio::co_spawn(io_, receive(), asio::detached);
  }

private:
  asio::awaitable<void> receive() {
    std::error_code error;
    do {
      co_await receiver_.async_receive(batch_, asio::redirect_error(asio::use_awaitable, error));
    } while (look_at_batch(error));
  }
};

using coroutine_form = accounted<coroutine_way>;

class completion_way : public batch_by_batch {
public:
  completion_way(const std::function<asio::ip::udp::socket(asio::io_context&)>& open,
                 const ancillary::receive_options& options)
      : batch_by_batch(open, options) {
    receive();
  }

private:
  void receive() {
    receiver_.async_receive(batch_, [this](std::error_code error) {
      if (look_at_batch(error)) {
        receive();
      }
    });
  }
};

using completion_form = accounted<completion_way>;

// No loop: calls again and again. The io_context only owns the socket.
class own_loop_way {
public:
  own_loop_way(const std::function<asio::ip::udp::socket(asio::io_context&)>& open,
               const ancillary::receive_options& options)
      : socket_(open(io_)), drain_(socket_.native_handle(), options) {}

  template <class Condition>
  bool run_until(Condition holds) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) {
        return false;
      }
      receive();
    }
    return true;
  }

  void run_for(std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end && !stop_) {
      receive();
    }
  }

  void stop() { stop_ = true; }
  void go_on() {
    stop_ = false;
    receive();
  }
  void close_socket() {
    // The handle's number stays unused: nothing is opened before the drain notices.
    std::error_code ignored;
    socket_.close(ignored);
  }
  auto counters() const { return drain_.counters(); }
  auto reply_counters() const { return drain_.reply_counters(); }
  const auto& metadata() const { return drain_.metadata(); }
  auto& socket() { return socket_; }

  observed seen;

private:
  void receive() {
    if (stop_) {
      return;
    }
    const auto result =
        drain_.receive([this](const packet& each, ancillary::receive_control& control) {
          seen(each);
          if (stop_) {
            control.stop();
          }
        });
    if (result.error.condition != receive_condition::none) {
      seen.errors.push_back(result.error);
      stop_ = result.error.fatal;
    }
    if (result.paused != paused_) {
      paused_ = result.paused;
      seen.pauses.push_back(paused_);
    }
    if (result.exhausted || result.paused || result.wants_room) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  asio::io_context io_;
  asio::ip::udp::socket socket_;
  ancillary::drain drain_;
  bool stop_ = false;
  bool paused_ = false;
};

using own_loop_form = accounted<own_loop_way>;

// Own threads, which take turns with the test's: a handler runs only while the test waits. The test
// sends one flow: where each lane has a socket, one lane receives all datagrams.
class lanes_way {
public:
  lanes_way(const std::function<asio::ip::udp::socket(asio::io_context&)>& open,
            const ancillary::receive_options& options)
      : turn_(mutex_), lanes_(address_of(open), in_turn{this}, lane_options(options)) {
    lanes_.on_error([this](std::size_t, const ancillary::receive_error& error) {
      const std::lock_guard turn(mutex_);
      seen.errors.push_back(error);
    });
    lanes_.on_pause([this](std::size_t, bool paused) {
      const std::lock_guard turn(mutex_);
      seen.pauses.push_back(paused);
    });
    lanes_.start();
  }

  ~lanes_way() {
    lanes_.stop();
    turn_.unlock();
    lanes_.join();
  }

  template <class Condition>
  bool run_until(Condition holds) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) {
        return false;
      }
      run_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  void run_for(std::chrono::milliseconds time) {
    turn_.unlock();
    std::this_thread::sleep_for(time);
    turn_.lock();
  }

  void stop() { lanes_.stop(); }
  void go_on() { run_for(a_moment); }
  void close_socket() {
    asio::post(socket().get_executor(), [this] { socket().close(); });
  }
  auto counters() const { return lanes_.counters(); }
  auto reply_counters() const { return lanes_.reply_counters(); }
  const auto& metadata() const { return lanes_.metadata(); }
  asio::ip::udp::socket& socket() { return lanes_.socket(0); }

  observed seen;

private:
  struct in_turn {
    lanes_way* self;
    void operator()(const packet& each) const {
      const std::lock_guard turn(self->mutex_);
      self->seen(each);
    }
  };

  static asio::ip::udp::endpoint
  address_of(const std::function<asio::ip::udp::socket(asio::io_context&)>& open) {
    asio::io_context io;
    return {open(io).local_endpoint().address(), 0};
  }

  static ancillary::lane_options lane_options(const ancillary::receive_options& options) {
    const bool in_order = ancillary::detail::a_socket_for_each_lane();
    return {.count = in_order ? 2U : 1U, .receive = options};
  }

  std::mutex mutex_;
  std::unique_lock<std::mutex> turn_; // held by the test except while it waits
  ancillary::lanes lanes_;
};

using lanes_form = accounted<lanes_way>;

} // namespace ancillary_test
