// What every way of receiving offers to a test.
#pragma once

#include "support/catch.hpp"
#include "support/patience.hpp"
#include <ancillary/recvmsg/counters.hpp>
#include <ancillary/recvmsg/packet.hpp>
#include <ancillary/recvmsg/receive_error.hpp>

#include <asio/ip/udp.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
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

} // namespace ancillary_test
