// One UDP port served by several threads.
#pragma once

#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/detail/delivery.hpp>
#include <ancillary/recvmsg/detail/lane_group.hpp>
#include <ancillary/recvmsg/detail/receive_loop.hpp>
#include <ancillary/recvmsg/handler.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/receive_error.hpp>

#include <asio/ip/udp.hpp>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <system_error>
#include <type_traits>
#include <utility>

namespace ancillary {

namespace detail {

// The handler of a lane: its receive_control means all lanes.
template <class Handler, class Argument>
class lane_handler {
public:
  lane_handler(Handler handler, receive_control& all) : handler_(std::move(handler)), all_(&all) {}

  void operator()(const Argument& argument) { call<Argument>(handler_, argument, *all_); }

private:
  Handler handler_;
  receive_control* all_;
};

template <class Handler>
auto for_lane(Handler handler, receive_control& all) {
  using argument = std::conditional_t<packet_handler<Handler>, packet, std::span<const packet>>;
  return lane_handler<Handler, argument>(std::move(handler), all);
}

template <class Predicate, class Handler>
auto for_lane(filtered_handler<Predicate, Handler> filtered, receive_control& all) {
  return with_filter(std::move(filtered.predicate()), for_lane(std::move(filtered.handler()), all));
}

} // namespace detail

// Makes the handler of each lane: called once for each, with its number from 0, in the constructor.
template <class Factory>
concept lane_handler_factory =
    !datagram_handler<Factory> && std::invocable<Factory&, std::size_t> &&
    datagram_handler<std::invoke_result_t<Factory&, std::size_t>>;

// Receives on one port with several threads, each with a loop, slots and a handler of its own. The
// handler is copied into each lane, or made for each by a factory:
//
//   ancillary::lanes lanes({asio::ip::udp::v4(), 9000}, [](const ancillary::packet& p) { ... });
//   lanes.start();
//   ...
//   lanes.stop();
//   lanes.join();
//
//   ancillary::lanes lanes(endpoint, [&](std::size_t lane) { return worker(tables[lane]); });
//
// Linux: each lane has a socket of its own (SO_REUSEPORT) and lane_options::steering says which
// lane a datagram goes to; by default all of one flow go to one lane. Windows: there is one socket,
// on which each lane has a receive pending; the system gives a datagram to any of them, whatever
// the steering says. Order is kept within a lane: on Windows two datagrams of one flow may be
// handled by two lanes at the same time.
//
// Threads: one call at a time for the handler of a lane, on Linux always on the same thread, on
// Windows on any of them. Handlers of different lanes run at the same time: what their copies share
// they must protect. stop() and counters() may be called from any
// thread at any time, the others must not overlap.
class lanes {
public:
  // Opens and binds the sockets; port 0 lets the system choose one for all. Throws
  // std::system_error with a message that names the lane and the step. Expects no
  // receive_options::pool.
  template <class HandlerOrFactory>
  requires datagram_handler<HandlerOrFactory> || lane_handler_factory<HandlerOrFactory>
  lanes(const asio::ip::udp::endpoint& endpoint, HandlerOrFactory handler,
        const lane_options& options = {})
      : group_(std::make_unique<detail::lane_group>(endpoint, options)) {
    for (std::size_t i = 0; i < group_->size(); ++i) {
      if constexpr (datagram_handler<HandlerOrFactory>) {
        add(handler, options);
      } else {
        add(handler(i), options);
      }
    }
    group_->steer();
  }

  // Stops, and waits for the threads. Not allowed from inside a handler.
  ~lanes() = default;
  lanes(lanes&&) noexcept = default;
  lanes& operator=(lanes&&) noexcept = default;

  // Called, on the lane's thread, for each error; set it before start(). Calls of several lanes may
  // come at the same time. A fatal error ends its lane alone.
  void on_error(std::function<void(std::size_t lane, const receive_error&)> handler) {
    group_->on_error(std::move(handler));
  }

  // As receiver::on_pause, with the lane's number.
  void on_pause(std::function<void(std::size_t lane, bool paused)> handler) {
    group_->on_pause(std::move(handler));
  }

  // Begins to receive, on threads of its own. Once.
  void start() { group_->start(); }

  // Ends receiving on all lanes; from any thread, also from a handler (receive_control does it as
  // well). Calls that are under way on other lanes go on to their end: join() waits for them.
  void stop() noexcept { group_->stop(); }

  // Waits until all lanes have ended, after stop() or fatal errors. If a handler threw, all lanes
  // were stopped, and the first exception is thrown again here.
  void join() { group_->join(); }

  [[nodiscard]] std::size_t size() const noexcept { return group_->size(); }

  // The sum of all lanes. kernel_drops too: each socket has its own count. On Windows the lanes
  // share a socket.
  [[nodiscard]] receive_counters counters() const noexcept { return group_->counters(); }

  // Those of one lane. Expects lane < size().
  [[nodiscard]] receive_counters counters(std::size_t lane) const {
    return group_->loop(lane).counters();
  }

  // What became of the replies of packet::reply(): of all lanes together, and of one. Expects
  // lane < size().
  [[nodiscard]] send_counters reply_counters() const noexcept { return group_->reply_counters(); }
  [[nodiscard]] send_counters reply_counters(std::size_t lane) const {
    return group_->loop(lane).reply_counters();
  }

  // What the system granted and refused; the same for all lanes.
  [[nodiscard]] const metadata_report& metadata() const noexcept {
    return group_->loop(0).report();
  }

  // For options and sending, from the lane's own thread or before start(). On Windows it is the
  // same socket for all lanes.
  [[nodiscard]] asio::ip::udp::socket& socket(std::size_t lane) {
    return group_->loop(lane).socket();
  }

  // The same for all lanes. Throws std::system_error.
  [[nodiscard]] asio::ip::udp::endpoint local_endpoint() const {
    return group_->loop(0).socket().local_endpoint();
  }

private:
  template <class Handler>
  void add(Handler handler, const lane_options& options) {
    auto in_lane = detail::for_lane(std::move(handler), *group_);
    std::error_code error;
    group_->add(std::make_shared<detail::delivery<detail::receive_loop, decltype(in_lane)>>(
                    std::move(in_lane), group_->next_socket(), options.receive, error),
                error);
  }

  std::unique_ptr<detail::lane_group> group_;
};

} // namespace ancillary
