// Packets that outlive their handler: on many threads, and in large numbers.
//
// Linux only: under Wine, ten thousand rounds take 12 seconds.
//
// ANCILLARY_RETAINED_DATAGRAMS sets the number of datagrams (default 20,000).

#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include "support/scripted_receiver.hpp"
#include <ancillary/recvmsg/receiver.hpp>
#include <ancillary/recvmsg/slot_pool.hpp>

#include <algorithm>
#include <array>
#include <asio/post.hpp>
#include <asio/thread_pool.hpp>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <thread>
#include <vector>

using namespace ancillary_test;
using ancillary::packet;
using ancillary::retained_packet;
using ancillary::slot_pool;

namespace {

std::uint32_t datagrams_wanted() {
  const char* const wanted = std::getenv("ANCILLARY_RETAINED_DATAGRAMS");
  return wanted != nullptr ? static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10)) : 20'000;
}

std::uint32_t number_of(const packet& each) {
  std::uint32_t number = 0;
  std::memcpy(&number, each.payload().data(), std::min(sizeof number, each.payload().size()));
  return number;
}

void send_number(loopback_sender& from, std::uint32_t number) {
  from.send({reinterpret_cast<const char*>(&number), sizeof number});
}

// Holds packets until the receiver runs out of slots for the first time; then mostly not at all,
// sometimes for a while.
void hold_for_a_while(const std::atomic<bool>& has_paused) {
  has_paused.wait(false);
  thread_local std::minstd_rand random(std::random_device{}());
  if (random() % 64 == 0) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 500));
  }
}

} // namespace

TEST_CASE(
    "packets retained for random times on several threads: each is processed once, no slot is lost",
    "[retained]") {
  const std::uint32_t wanted = datagrams_wanted();
  constexpr std::uint32_t on_the_way = 100; // fits every receive buffer and exceeds the slots
  const auto pool = slot_pool::make({.batch = 16, .payload_capacity = 64, .retainable = 32});
  std::vector<std::atomic<std::uint8_t>> times(wanted);
  std::atomic<std::uint32_t> done = 0;
  std::atomic<bool> has_paused = false;
  {
    asio::thread_pool workers(4);
    asio::io_context io;
    ancillary::receiver receiver(io, loopback_any_port(),
                                 [&](const packet& each) {
                                   asio::post(workers, [&, held = each.retain()] {
                                     const retained_packet copy = held;
                                     hold_for_a_while(has_paused);
                                     ++times.at(number_of(copy));
                                     ++done;
                                   });
                                 },
                                 {.pool = pool});
    receiver.on_pause([&](bool) {
      has_paused = true;
      has_paused.notify_all();
    });
    receiver.start();
    std::thread loop([&] { io.run(); });
    loopback_sender from(receiver.local_endpoint());
    bool lost = false;
    for (std::uint32_t sent = 0; sent < wanted && !lost;) {
      if (sent - done < on_the_way) {
        send_number(from, sent++);
      } else {
        lost = !poll_until([&] { return sent - done < on_the_way; });
      }
    }
    CHECK(poll_until([&] { return done == wanted; }));
    receiver.stop();
    loop.join();
    workers.join();
    const auto counted = receiver.counters();
    CHECK(counted.datagrams == wanted);
    CHECK(counted.discarded_on_stop == 0);
    CHECK(counted.pauses != 0); // it did run out of slots
  }
  CHECK(std::ranges::all_of(times, [](const auto& each) { return each == 1; }));
  CHECK(free_slots(*pool) == pool->slot_count());
}

TEST_CASE("slots run out and return ten thousand times", "[retained]") {
  constexpr std::uint32_t rounds = 10'000;
  const auto pool = slot_pool::make({.batch = 2, .payload_capacity = 64});
  asio::io_context io;
  std::vector<retained_packet> held;
  std::uint32_t expected = 0;
  bool in_order = true;
  ancillary::receiver receiver(io, loopback_any_port(),
                               [&](const packet& each) {
                                 in_order = in_order && number_of(each) == expected++;
                                 held.push_back(each.retain());
                               },
                               {.pool = pool});
  receiver.start();
  loopback_sender from(receiver.local_endpoint());
  std::uint32_t sent = 0;
  for (std::uint32_t round = 1; round <= rounds; ++round) {
    while (sent < expected + pool->slot_count() + 1) {
      send_number(from, sent++);
    }
    REQUIRE(run_until(io, [&] { return receiver.counters().pauses >= round; }));
    held.clear();
  }
  CHECK(in_order);
  CHECK(receiver.counters().pauses >= rounds);
  receiver.stop();
  io.restart();
  io.run();
  held.clear();
  const auto counted = receiver.counters();
  CHECK(counted.datagrams == expected + counted.discarded_on_stop);
  CHECK(free_slots(*pool) == pool->slot_count());
}
