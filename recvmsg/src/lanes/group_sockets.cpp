// The sockets of lanes: opened here, passed by a service manager, or taken over.

#include "lanes/hand_over.hpp"
#include "lanes/lane_errors.hpp"
#include "platform/lane_sockets.hpp"
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/detail/lane_group.hpp>
#include <ancillary/recvmsg/detail/set_up.hpp>

#include <asio/error.hpp>
#include <sstream>
#include <string>
#include <utility>

namespace ancillary::detail {

namespace {

std::string binding(const asio::ip::udp::endpoint& endpoint, const std::error_code& error,
                    bool joins_used_port) {
  std::string text = "binding to port " + std::to_string(endpoint.port());
  if (error == asio::error::address_in_use && !joins_used_port) {
    text += ", which another socket has (stop its program or use another port; lanes on Linux can "
            "share it with lane_options::join_used_port)";
  }
  return text;
}

std::string text_of(const asio::ip::udp::endpoint& endpoint) {
  std::ostringstream text;
  text << endpoint;
  return text.str();
}

// The first socket of a context also creates its event loop, which needs descriptors.
std::shared_ptr<asio::ip::udp::socket> make_socket(asio::io_context& context, std::size_t lane) {
  try {
    return std::make_shared<asio::ip::udp::socket>(context);
  } catch (const std::system_error& error) {
    fail(error.code(), lane, "creating its event loop");
  }
}

} // namespace

void lane_group::make_contexts(bool a_socket_each) {
  if (steering_.decided_by() == lane_steering::basis::quic_connection_id &&
      count_ > quic_connection_ids::max_lanes) {
    fail(std::make_error_code(std::errc::invalid_argument), quic_connection_ids::max_lanes,
         "steering: a QUIC connection ID cannot name it");
  }
  for (std::size_t i = 0; i < (a_socket_each ? count_ : 1); ++i) {
    // The number of threads that will run it: with one, Asio omits some locks.
    const int threads = a_socket_each ? 1 : static_cast<int>(count_);
    contexts_.push_back(std::make_unique<asio::io_context>(threads));
  }
  loops_.reserve(count_);
}

// A dual-stack socket has exclusive use of its port on Windows.
bool lane_group::receives_by_processor() const {
  return !a_socket_for_each_lane() && steering_.decided_by() == lane_steering::basis::cpu &&
         !options_.dual_stack && a_socket_for_each_processor(count_);
}

void lane_group::take_over(const lane_options& options) {
  before_ = port_taker::ask(options.take_over);
  if (before_) {
    adopt(before_->take_sockets(), options, "the process at " + options.take_over);
    before_->stop_owner();
  }
}

// Throws before anything has changed for the process that gives the sockets.
void lane_group::adopt(passed_sockets sockets, const lane_options& options,
                       const std::string& whose) {
  const auto refuse = [&](const std::string& why) {
    throw described_error(make_error_code(asio::error::invalid_argument), whose + ": " + why);
  };
  if (sockets.empty()) {
    refuse("there is none");
  }
  const bool a_socket_each = a_socket_for_each_lane() || sockets.size() != 1;
  if (a_socket_each && options.count != 0 && options.count != sockets.size()) {
    refuse(std::to_string(sockets.size()) + " lanes, but lane_options::count is " +
           std::to_string(options.count) + " (0 takes all)");
  }
  count_ = options.count != 0 ? options.count : sockets.size();
  make_contexts(a_socket_each);
  const asio::ip::udp::endpoint asked = endpoint_;
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    auto socket =
        std::make_shared<asio::ip::udp::socket>(sockets.take(i, context_of(i).get_executor()));
    const auto local = socket->local_endpoint();
    if (i == 0) {
      endpoint_ = local;
    }
    if (local != endpoint_ || (asked.port() != 0 && local != asked)) {
      refuse("socket " + std::to_string(i) + " is bound to " + text_of(local) + ", not to " +
             text_of(asked.port() != 0 ? asked : endpoint_));
    }
    adopted_.push_back(std::move(socket));
  }
}

// What the process before would notice, if it received again.
void lane_group::own_sockets() {
  std::error_code error;
  for (std::size_t i = 0; i < adopted_.size() && !error; ++i) {
    set_receive_buffer(*adopted_[i], options_, error);
    if (error) {
      fail(error, i, "setting the receive buffer");
    }
  }
  if (count_ > 1 && contexts_.size() > 1 && (error = apply_steering(true))) {
    fail(error, 0, "steering");
  }
  for (const auto& each : loops_) {
    each->end_foreign_coalescing();
  }
}

std::shared_ptr<asio::ip::udp::socket> lane_group::next_socket() {
  const std::size_t lane = loops_.size();
  if (lane != 0 && contexts_.size() == 1) {
    return loops_.front()->shared_socket();
  }
  return adopted_.empty() ? open_socket(lane) : adopted_[lane];
}

std::shared_ptr<asio::ip::udp::socket> lane_group::open_socket(std::size_t lane) {
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
  if (processors_ && (error = receive_from_processor(socket->native_handle(), lane))) {
    fail(error, lane, "receiving from its processor");
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

} // namespace ancillary::detail
