// In the steady state, a receiver allocates nothing.

#include "support/allocation_count.hpp"
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

using namespace ancillary_test;
using ancillary::field_set;
using ancillary::packet;

namespace {

// Allocations while datagrams arrive, in bursts and one by one, after a warm-up.
template <class Handler>
std::size_t allocations_of(Handler handler, const std::size_t& received) {
  asio::io_context io;
  ancillary::receiver receiver(io, loopback_any_port(), handler,
                               {.metadata = ancillary::want(field_set::all())});
  receiver.start();
  loopback_sender from(receiver.local_endpoint());
  const std::string payload(200, 'x');
  const auto receive = [&](std::size_t rounds, std::size_t burst) {
    for (std::size_t round = 0; round < rounds; ++round) {
      const std::size_t target = received + burst;
      for (std::size_t i = 0; i < burst; ++i) {
        from.send(payload);
      }
      REQUIRE(run_until(io, [&] { return received >= target; }));
    }
  };
  receive(20, 40);
  receive(20, 1);
  const std::size_t before = allocation_count();
  receive(100, 40);
  receive(1000, 1);
  return allocation_count() - before;
}

} // namespace

TEST_CASE("the allocation counter works", "[steady_state]") {
  const std::size_t before = allocation_count();
  const std::string long_one(1000, 'x');
  CHECK(allocation_count() == before + 1);
  CHECK(long_one.size() == 1000);
}

TEST_CASE("receiving does not allocate per datagram", "[steady_state]") {
  std::size_t received = 0;
  std::uint64_t sum = 0; // every field is read
  CHECK(allocations_of(
            [&](const packet& each) {
              const ancillary::metadata all = each.metadata().to_metadata();
              sum += all.hop_limit.value_or(0) + each.payload().size();
              ++received;
            },
            received) == 0);
  CHECK(sum != 0);
}

TEST_CASE("receiving in batches does not allocate per datagram", "[steady_state]") {
  std::size_t received = 0;
  CHECK(allocations_of([&](std::span<const packet> batch) { received += batch.size(); },
                       received) == 0);
}

TEST_CASE("retaining does not allocate per datagram", "[steady_state]") {
  std::size_t received = 0;
  std::optional<ancillary::retained_packet> last;
  CHECK(allocations_of(
            [&](const packet& each) {
              last = each.retain();
              ++received;
            },
            received) == 0);
}
