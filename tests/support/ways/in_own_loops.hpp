// The ways of receiving without an io_context of the caller's: an own loop, and lanes with their
// threads.
#pragma once

#include "platform/lane_sockets.hpp"
#include "support/ways/observed.hpp"
#include <ancillary/recvmsg/drain.hpp>
#include <ancillary/recvmsg/lanes.hpp>

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <mutex>
#include <system_error>
#include <thread>

namespace ancillary_test {

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
