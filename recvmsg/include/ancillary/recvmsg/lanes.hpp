// One UDP port served by several threads.
#pragma once

#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/detail/delivery.hpp>
#include <ancillary/recvmsg/detail/lane_group.hpp>
#include <ancillary/recvmsg/detail/receive_loop.hpp>
#include <ancillary/recvmsg/handler.hpp>
#include <ancillary/recvmsg/metadata_request.hpp>
#include <ancillary/recvmsg/occupancy.hpp>
#include <ancillary/recvmsg/passed_sockets.hpp>
#include <ancillary/recvmsg/receive_error.hpp>
#include <ancillary/recvmsg/statistics.hpp>
#include <ancillary/recvmsg/tap.hpp>

#include <asio/ip/udp.hpp>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

namespace ancillary {

namespace detail {

// The handler of a lane: its receive_control stops and counts all lanes.
template <class Handler, class Argument>
class lane_handler {
public:
  lane_handler(Handler handler, receive_control& all) : handler_(std::move(handler)), all_(&all) {}

  void operator()(const Argument& argument) { call<Argument>(handler_, argument, *all_); }

private:
  Handler handler_;
  receive_control* all_;
};

template <class Handler, class Tap>
auto for_lane(tapped_handler<Handler, Tap> tapped, receive_control& all);

template <class Handler>
auto for_lane(Handler handler, receive_control& all) {
  using argument = std::conditional_t<packet_handler<Handler>, packet, std::span<const packet>>;
  return lane_handler<Handler, argument>(std::move(handler), all);
}

template <class Predicate, class Handler>
auto for_lane(filtered_handler<Predicate, Handler> filtered, receive_control& all) {
  return with_filter(std::move(filtered.predicate()), for_lane(std::move(filtered.handler()), all));
}

template <class Handler, class Tap>
auto for_lane(tapped_handler<Handler, Tap> tapped, receive_control& all) {
  return with_tap(for_lane(std::move(tapped.handler()), all), std::move(tapped.tap()));
}

} // namespace detail

// Makes the handler of each lane: called in the constructor with each lane's number, from 0.
template <class Factory>
concept lane_handler_factory =
    !datagram_handler<Factory> && std::invocable<Factory&, std::size_t> &&
    datagram_handler<std::invoke_result_t<Factory&, std::size_t>>;

// Receives on one port with several threads, each with its own loop, slots and handler. The handler
// is copied for each lane, or a factory makes one for each:
//
//   ancillary::lanes lanes({asio::ip::udp::v4(), 9000}, [](const ancillary::packet& p) { ... });
//   lanes.start();
//   ...
//   lanes.stop();
//   lanes.join();
//
//   ancillary::lanes lanes(endpoint, [&](std::size_t lane) { return worker(tables[lane]); });
//
// Linux: each lane has its own socket (SO_REUSEPORT), and lane_options::steering selects the lane
// of a datagram; by default, all datagrams of a flow go to one lane. Windows: one socket, with a
// receive pending for each lane; the system completes any of them (but see lane_steering::by_cpu).
// Order is kept within a lane: on Windows, two lanes may handle two datagrams of one flow at the
// same time.
//
// Steered by content (lane_steering), all datagrams with one key go to one lane on both systems, in
// order. Exceptions on Linux: datagrams that arrive while the lanes are being set up; a port that
// two groups share (lane_options::join_used_port), where the first group gets everything.
//
// Threads: a lane's handler is called once at a time, on Linux always on the same thread, on
// Windows on any lane's thread. Handlers of different lanes run concurrently: state that their
// copies share needs synchronization. stop(), finish() and counters() are safe to call from any
// thread at any time; other calls must not overlap.
class lanes {
public:
  // Opens and binds the sockets; with port 0 the system chooses one port for all. Throws
  // std::system_error with a message that names the lane and the step. Expects no
  // receive_options::pool.
  template <class HandlerOrFactory>
  requires datagram_handler<HandlerOrFactory> || lane_handler_factory<HandlerOrFactory>
  lanes(const asio::ip::udp::endpoint& endpoint, HandlerOrFactory handler,
        const lane_options& options = {})
      : group_(std::make_unique<detail::lane_group>(endpoint, options)) {
    add_all(handler, options);
  }

  // The same on sockets that were opened elsewhere: one for each lane, in this order, all bound to
  // one address and port (systemd: ReusePort=yes and as many ListenDatagram= as lanes). `count`
  // must be 0 or their number. On Windows one socket serves all lanes. Throws std::system_error if
  // there is none or they differ.
  template <class HandlerOrFactory>
  requires datagram_handler<HandlerOrFactory> || lane_handler_factory<HandlerOrFactory>
  lanes(passed_sockets sockets, HandlerOrFactory handler, const lane_options& options = {})
      : group_(std::make_unique<detail::lane_group>(std::move(sockets), options)) {
    add_all(handler, options);
  }

  // Stops and joins the threads. Not allowed inside a handler.
  ~lanes() = default;
  lanes(lanes&&) noexcept = default;
  lanes& operator=(lanes&&) noexcept = default;

  // Called on the lane's thread for each error; set it before start(). Lanes may call it
  // concurrently. A fatal error ends only its own lane. On Windows with steering by content, one
  // loop receives for all: its errors are reported as those of lane 0, while that lane's handler
  // may run, and a fatal one ends all lanes.
  void on_error(std::function<void(std::size_t lane, const receive_error&)> handler) {
    group_->on_error(std::move(handler));
  }

  // Like receiver::on_pause, with the lane's number.
  void on_pause(std::function<void(std::size_t lane, bool paused)> handler) {
    group_->on_pause(std::move(handler));
  }

  // Starts receiving on the lanes' own threads. Call it once.
  void start() { group_->start(); }

  // Stops receiving on all lanes; from any thread, also from a handler (receive_control does the
  // same). Handler calls in progress on other lanes run to their end: join() waits for them.
  void stop() noexcept { group_->stop(); }

  // Stops receiving like stop(), but delivers what was received before and sends the replies:
  // nothing is discarded, and what waits in the sockets stays there. (On Windows with steering by
  // content, what is in the lanes' queues is discarded and counted.)
  void finish() noexcept { group_->finish(); }

  // Waits until all lanes have ended, after stop(), finish(), fatal errors or hand_over(). If a
  // handler threw, all lanes are stopped and the first exception is rethrown here.
  void join() { group_->join(); }

  // Offers the port to the process that will replace this one (lane_options::take_over), after
  // start(): listens for it at `path` on a thread of its own. When it comes, the lanes finish, it
  // gets the sockets, and as soon as it receives, join() returns here. If it fails before that,
  // receiving goes on here. Only this user and root can connect. `path` may be that of the process
  // that this one has replaced; whatever is there is replaced, and removed at the end.
  //
  // Memberships belong to the sockets and stay; a group_membership leaves its groups when it is
  // destroyed, unless handed_over() and release() was called on it.
  //
  // Not allowed inside a handler. Throws std::system_error if it cannot listen. Linux;
  // operation_not_supported elsewhere.
  void hand_over(const std::string& path) { group_->hand_over(path); }

  // Whether another process has the port now.
  [[nodiscard]] bool handed_over() const noexcept { return group_->handed_over(); }

  // The number of lanes.
  [[nodiscard]] std::size_t size() const noexcept { return group_->size(); }

  // The sum over all lanes, including kernel_drops: each socket has its own count. On Windows the
  // lanes share a socket.
  [[nodiscard]] receive_counters counters() const noexcept { return group_->counters(); }

  // The counters of one lane. Expects lane < size().
  [[nodiscard]] receive_counters counters(std::size_t lane) const { return group_->counters(lane); }

  // Counts the replies of packet::reply(), over all lanes and for one lane. Expects lane < size().
  [[nodiscard]] send_counters reply_counters() const noexcept { return group_->reply_counters(); }
  [[nodiscard]] send_counters reply_counters(std::size_t lane) const {
    return group_->loop(lane).reply_counters();
  }

  // What one lane measured; nullopt unless receive_options::statistics is set. Expects lane <
  // size().
  [[nodiscard]] std::optional<receive_statistics> statistics(std::size_t lane) const {
    return group_->loop(lane).statistics();
  }

  // Like receiver::occupancy(), of one lane. On Windows each lane tells the receive buffer of their
  // one socket. Expects lane < size().
  [[nodiscard]] receive_occupancy occupancy(std::size_t lane) const {
    return group_->loop(lane).occupancy();
  }

  // Which fields the system granted and refused; the same for all lanes.
  [[nodiscard]] const metadata_report& metadata() const noexcept {
    return group_->loop(0).report();
  }

  // For setting options and sending, on the lane's own thread or before start(). On Windows all
  // lanes share one socket.
  [[nodiscard]] asio::ip::udp::socket& socket(std::size_t lane) {
    return group_->loop(lane).socket();
  }

  // The same for all lanes. Throws std::system_error.
  [[nodiscard]] asio::ip::udp::endpoint local_endpoint() const {
    return group_->loop(0).socket().local_endpoint();
  }

private:
  template <class HandlerOrFactory>
  void add_all(HandlerOrFactory& handler, const lane_options& options) {
    for (std::size_t i = 0; i < group_->size(); ++i) {
      if constexpr (datagram_handler<HandlerOrFactory>) {
        add(handler, options);
      } else {
        add(handler(i), options);
      }
    }
    group_->steer();
  }

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
