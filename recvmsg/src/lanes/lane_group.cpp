#include "common/counter_table.hpp"
#include "lanes/lane_reader.hpp"
#include "platform/lane_sockets.hpp"
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/detail/lane_group.hpp>

#include <algorithm>
#include <asio/error.hpp>
#include <asio/ip/v6_only.hpp>
#include <gsl/assert>
#include <string>
#include <utility>

namespace ancillary::detail {

namespace {

std::string name_of(std::size_t lane) { return "lane " + std::to_string(lane) + ": "; }

[[noreturn]] void fail(const std::error_code& error, std::size_t lane, const char* step) {
  throw described_error(error, name_of(lane) + step);
}

std::string binding(const asio::ip::udp::endpoint& endpoint, const std::error_code& error,
                    bool joins_used_port) {
  std::string text = "binding to port " + std::to_string(endpoint.port());
  if (error == asio::error::address_in_use && !joins_used_port) {
    text += ", which another socket has (stop its program or use another port; lanes on Linux can "
            "share it with lane_options::join_used_port)";
  }
  return text;
}

// The first socket of a context also creates its event loop, which needs descriptors.
std::shared_ptr<asio::ip::udp::socket> make_socket(asio::io_context& context, std::size_t lane) {
  try {
    return std::make_shared<asio::ip::udp::socket>(context);
  } catch (const std::system_error& error) {
    fail(error.code(), lane, "creating its event loop");
  }
}

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
  if (steering_.decided_by() == lane_steering::basis::quic_connection_id &&
      count_ > quic_connection_ids::max_lanes) {
    fail(std::make_error_code(std::errc::invalid_argument), quic_connection_ids::max_lanes,
         "steering: a QUIC connection ID cannot name it");
  }
  const bool own = a_socket_for_each_lane();
  for (std::size_t i = 0; i < (own ? count_ : 1); ++i) {
    // The number of threads that will run it: with one, Asio omits some locks.
    contexts_.push_back(std::make_unique<asio::io_context>(own ? 1 : static_cast<int>(count_)));
  }
  loops_.reserve(count_);
}

lane_group::~lane_group() {
  stop();
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

std::shared_ptr<asio::ip::udp::socket> lane_group::next_socket() {
  const std::size_t lane = loops_.size();
  if (lane != 0 && contexts_.size() == 1) {
    return loops_.front()->shared_socket();
  }
  const bool shares = contexts_.size() > 1;
  auto socket = make_socket(context_of(lane), lane);
  std::error_code error;
  socket->open(endpoint_.protocol(), error);
  if (error) {
    fail(error, lane, "opening a socket");
  }
  prepare_socket(*socket, endpoint_, options_, error);
  if (error) {
    fail(error, lane, "setting socket options");
  }
  // With the option enabled, the system may choose a port that another group of lanes uses, and
  // binds to a given one beside that group. Enabled after the bind, it lets our next lanes in.
  const bool shares_later = endpoint_.port() == 0 || (lane == 0 && !joins_used_port_);
  if (shares && !shares_later && (error = share_port(socket->native_handle()))) {
    fail(error, lane, "sharing the port");
  }
  socket->bind(endpoint_, error);
  if (error) {
    fail(error, lane, binding(endpoint_, error, joins_used_port_).c_str());
  }
  if (shares && shares_later && (error = share_port(socket->native_handle()))) {
    fail(error, lane, "sharing the port");
  }
  endpoint_ = socket->local_endpoint();
  return socket;
}

void lane_group::add(std::shared_ptr<receive_loop> loop, const std::error_code& error) {
  if (error) {
    throw_set_up_error(error, loop->report(), name_of(loops_.size()));
  }
  loops_.push_back(std::move(loop));
}

void lane_group::steer() {
  if (count_ == 1) {
    return;
  }
  if (contexts_.size() == 1 && steering_.by_content()) {
    read_for_lanes();
    return;
  }
  const std::error_code error =
      steer_lanes(loops_.front()->socket().native_handle(), steering_, count_);
  if (error == std::errc::no_protocol_option) {
    fail(error, 0, "steering by CPU or by content, which needs Linux 4.5");
  }
  if (error) {
    fail(error, 0, "steering");
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

void lane_group::start() {
  Expects(threads_.empty());
  for (const auto& each : loops_) {
    each->start();
  }
  if (reader_) {
    reader_->start();
  }
  threads_.reserve(count_);
  for (std::size_t i = 0; i < count_; ++i) {
    threads_.emplace_back([this, i] { run(i); });
  }
}

void lane_group::run(std::size_t lane) noexcept {
  for (;;) {
    try {
      context_of(lane).run();
      return; // nothing is pending: stopped, or ended by an error
    } catch (...) {
      {
        const std::lock_guard lock(mutex_);
        if (!failure_) {
          failure_ = std::current_exception();
        }
      }
      stop();
    }
  }
}

void lane_group::stop() noexcept {
  if (reader_) {
    reader_->stop();
  }
  for (const auto& each : loops_) {
    each->stop();
  }
}

void lane_group::wait_for_threads() {
  for (std::thread& each : threads_) {
    if (each.joinable()) {
      each.join();
    }
  }
}

void lane_group::join() {
  wait_for_threads();
  if (failure_) {
    std::rethrow_exception(std::exchange(failure_, nullptr));
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
