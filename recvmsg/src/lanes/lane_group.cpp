#include "common/counter_table.hpp"
#include "lanes/hand_over.hpp"
#include "lanes/lane_errors.hpp"
#include "lanes/lane_reader.hpp"
#include "platform/lane_sockets.hpp"
#include <ancillary/recvmsg/detail/lane_group.hpp>

#include <algorithm>
#include <asio/error.hpp>
#include <gsl/assert>
#include <utility>

namespace ancillary::detail {

namespace {

void add_to(receive_counters& sum, const receive_counters& each) noexcept {
  for (const auto& counter : receive_numbers) {
    sum.*counter.number += each.*counter.number;
  }
  for (std::size_t i = 0; i < sum.errors.size(); ++i) {
    sum.errors[i] += each.errors[i];
  }
  sum.longest_pool_wait = std::max(sum.longest_pool_wait, each.longest_pool_wait);
}

void add_to(send_counters& sum, const send_counters& each) noexcept {
  for (const auto& counter : reply_numbers) {
    sum.*counter.number += each.*counter.number;
  }
}

} // namespace

lane_group::lane_group(const asio::ip::udp::endpoint& endpoint, const lane_options& options,
                       asio_classes_here)
    : count_(options.count != 0 ? options.count
                                : std::max<std::size_t>(1, std::thread::hardware_concurrency())),
      steering_(options.steering),
      queue_(options.queue),
      joins_used_port_(options.join_used_port),
      options_(options.receive),
      endpoint_(endpoint) {
  Expects(options.receive.pool == nullptr);
  if (!options.take_over.empty()) {
    take_over(options);
  }
  if (adopted_.empty()) {
    processors_ = receives_by_processor();
    make_contexts(a_socket_for_each_lane() || processors_);
  }
}

lane_group::lane_group(passed_sockets sockets, const lane_options& options, asio_classes_here)
    : count_(0),
      steering_(options.steering),
      queue_(options.queue),
      joins_used_port_(false),
      options_(options.receive) {
  Expects(options.receive.pool == nullptr);
  adopt(std::move(sockets), options, "passed sockets");
}

lane_group::~lane_group() {
  stop();
  offer_.reset();
  wait_for_threads();
  for (const auto& each : loops_) {
    each->close();
  }
  if (reader_) {
    reader_->close();
  }
}

asio::io_context& lane_group::context_of(std::size_t lane) noexcept {
  return *contexts_[lane < contexts_.size() ? lane : 0];
}

receive_loop& lane_group::loop(std::size_t lane) const {
  Expects(lane < loops_.size());
  return *loops_[lane];
}

void lane_group::add(std::shared_ptr<receive_loop> loop, const std::error_code& error) {
  if (error) {
    throw_set_up_error(error, loop->report(), name_of(loops_.size()));
  }
  loops_.push_back(std::move(loop));
}

void lane_group::steer() {
  if (!adopted_.empty() && !before_) {
    own_sockets();
  }
  if (count_ == 1) {
    return;
  }
  if (contexts_.size() == 1 && steering_.by_content()) {
    read_for_lanes();
    return;
  }
  if (!adopted_.empty()) {
    return; // own_sockets() steers, now or in start()
  }
  const std::error_code error = apply_steering(false);
  if (error == std::errc::no_protocol_option) {
    fail(error, 0, "steering by CPU or by content, which needs Linux 4.5");
  }
  if (error) {
    fail(error, 0, "steering");
  }
}

// `replaces`: another process may have steered these sockets.
std::error_code lane_group::apply_steering(bool replaces) noexcept {
  const auto any = loops_.front()->socket().native_handle();
  if (replaces && steering_.decided_by() == lane_steering::basis::flow) {
    return forget_steering(any);
  }
  return steer_lanes(any, steering_, count_);
}

// A process that failed to take over may have changed them. If that cannot be undone, receiving
// goes on as well as it can.
void lane_group::restore_sockets() noexcept {
  if (count_ > 1) {
    static_cast<void>(apply_steering(true));
  }
  for (const auto& each : loops_) {
    each->end_foreign_coalescing();
  }
}

void lane_group::read_for_lanes() {
  std::error_code error;
  reader_ = std::make_shared<lane_reader>(loops_.front()->shared_socket(), options_, steering_,
                                          queue_, loops_, error);
  if (error) {
    fail(error, 0, "receiving for all lanes");
  }
  report_errors_of_reader({});
}

// As errors of lane 0. A fatal one ends all lanes, which have no other source.
void lane_group::report_errors_of_reader(
    std::function<void(std::size_t, const receive_error&)> handler) {
  reader_->error_handler = [this, handler = std::move(handler)](const receive_error& error) {
    if (error.fatal) {
      stop();
    }
    if (handler) {
      handler(0, error);
    }
  };
}

void lane_group::on_error(std::function<void(std::size_t, const receive_error&)> handler) {
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    loops_[i]->error_handler = [i, handler](const receive_error& error) { handler(i, error); };
  }
  if (reader_) {
    report_errors_of_reader(std::move(handler));
  }
}

void lane_group::on_pause(std::function<void(std::size_t, bool)> handler) {
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    loops_[i]->pause_handler = [i, handler](bool paused) { handler(i, paused); };
  }
}

send_counters lane_group::reply_counters() const noexcept {
  send_counters sum;
  for (const auto& each : loops_) {
    add_to(sum, each->reply_counters());
  }
  return sum;
}

// The reader delivers what it receives to the lanes: here only count its errors and the datagrams
// that it could not deliver.
receive_counters lane_group::counters(std::size_t lane) const {
  receive_counters now = loop(lane).counters();
  if (reader_) {
    reader_->queue(lane).add_to(now);
    if (lane == 0) {
      const receive_counters reader = reader_->counters();
      now.errors = reader.errors;
      now.datagrams += reader.discarded_on_stop;
      now.discarded_on_stop += reader.discarded_on_stop;
    }
  }
  return now;
}

receive_counters lane_group::counters() const noexcept {
  receive_counters sum;
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    add_to(sum, counters(i));
  }
  return sum;
}

} // namespace ancillary::detail
