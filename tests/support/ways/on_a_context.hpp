// The ways of receiving that run on the caller's io_context: handlers, coroutines, completions.
#pragma once

#include "support/ways/observed.hpp"
#include <ancillary/recvmsg/async_receiver.hpp>
#include <ancillary/recvmsg/receiver.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <span>
#include <system_error>

namespace ancillary_test {

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

} // namespace ancillary_test
