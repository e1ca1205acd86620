// Receiver, slot pool, retained packets and context are destroyed in every order.

#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/receiver.hpp>
#include <ancillary/recvmsg/slot_pool.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

using namespace ancillary_test;
using ancillary::packet;
using ancillary::retained_packet;
using ancillary::slot_pool;

namespace {

std::uint32_t number_of(const packet& each) {
  std::uint32_t number = 0;
  std::memcpy(&number, each.payload().data(), std::min(sizeof number, each.payload().size()));
  return number;
}

void send_number(loopback_sender& from, std::uint32_t number) {
  from.send({reinterpret_cast<const char*>(&number), sizeof number});
}

} // namespace

TEST_CASE("receiver, pool, packets and context can be destroyed in any order", "[retained]") {
  // A receiver holds a socket, which must be destroyed before its context.
  enum part { a_receiver, a_pool, some_packets, a_context };
  const auto end_in = [](const std::array<part, 4>& order, bool paused) {
    auto io = std::make_unique<asio::io_context>();
    auto pool = slot_pool::make({.batch = 2, .payload_capacity = 64, .retainable = 1});
    std::vector<retained_packet> held;
    auto handler = [&held](const packet& each) { held.push_back(each.retain()); };
    auto receiver = std::make_unique<ancillary::receiver<decltype(handler)>>(
        *io, loopback_any_port(), handler, ancillary::receive_options{.pool = pool});
    receiver->start();
    loopback_sender from(receiver->local_endpoint());
    const std::uint32_t count = paused ? 8 : 2;
    for (std::uint32_t i = 0; i < count; ++i) {
      send_number(from, i);
    }
    REQUIRE(run_until(
        *io, [&] { return held.size() >= 2 && (!paused || receiver->counters().pauses != 0); }));
    for (const part next : order) {
      switch (next) {
      case a_receiver:
        receiver.reset();
        break;
      case a_pool:
        pool.reset();
        break;
      case some_packets:
        for (std::uint32_t i = 0; i < held.size(); ++i) {
          CHECK(number_of(held[i]) == i);
        }
        held.clear();
        break;
      case a_context:
        io.reset();
        break;
      }
    }
  };
  std::array<part, 4> order{a_receiver, a_pool, some_packets, a_context};
  std::size_t orders = 0;
  do {
    const auto receiver_at = std::ranges::find(order, a_receiver);
    const auto context_at = std::ranges::find(order, a_context);
    if (receiver_at < context_at) {
      for (const bool paused : {false, true}) {
        end_in(order, paused);
      }
      ++orders;
    }
  } while (std::ranges::next_permutation(order).found);
  CHECK(orders == 12);
}
