#include "echo.hpp"

#include <ancillary/recvmsg/drain.hpp>

#include <iostream>

namespace example {

namespace {

ancillary::receive_options options() {
  using ancillary::field;
  ancillary::receive_options chosen;
  chosen.metadata.require({field::destination}).want({field::traffic_class});
  chosen.payload_capacity = 65535; // no datagram is truncated
  chosen.batch = 16;
  // Keeps replies that do not fit into the send buffer: drain_result::wants_room.
  chosen.on_full_send_buffer = ancillary::full_send_buffer::wait;
  return chosen;
}

// The reply leaves from the request's destination address.
void answer(const ancillary::packet& request) {
  ancillary::reply_options how;
  how.traffic_class = request.metadata().traffic_class();
  request.reply(request.payload(), how);
}

} // namespace

struct echo::state {
  ancillary::drain drain;
};

echo::echo(std::uintptr_t socket)
    : state_(std::make_unique<state>(state{ancillary::drain(
          static_cast<ancillary::drain::native_handle_type>(socket), options())})) {}

echo::~echo() = default;

echo::next echo::receive() {
  const ancillary::drain_result result = state_->drain.receive(&answer);
  if (result.error.condition != ancillary::receive_condition::none) {
    std::cerr << "boost_asio: " << to_string(result.error.condition) << std::endl;
    if (result.error.fatal) {
      return next::nothing;
    }
  }
  return result.wants_room ? next::writable : next::readable;
}

echo::counts echo::counters() const {
  const ancillary::send_counters replies = state_->drain.reply_counters();
  return {state_->drain.counters().datagrams, replies.datagrams, replies.errors};
}

} // namespace example
