// Several lanes that share one real socket, which `lanes` have on Windows, on every system: one
// loop reads and puts each datagram into the queue of its lane.

#include "lanes/lane_reader.hpp"

#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/detail/delivery.hpp>

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

using namespace ancillary_test;
using namespace ancillary::detail;
using ancillary::lane_steering;
using ancillary::packet;
using ancillary::receive_counters;
using ancillary::receive_options;

namespace {

// The first octet of the payload selects the lane in these tests.
constexpr std::size_t lane_count = 2;

lane_steering by_first_octet() { return lane_steering::by_payload({.offset = 0, .length = 1}); }

char key_of_lane(std::size_t lane) {
  char key = 'a';
  while (by_first_octet().lane_of(std::as_bytes(std::span(&key, 1)), lane_count) != lane) {
    ++key;
  }
  return key;
}

class shared_socket_lanes {
public:
  using handler = std::function<void(const packet&)>;

  shared_socket_lanes(std::array<handler, lane_count> handlers, std::size_t capacity,
                      const receive_options& options = {})
      : socket_(std::make_shared<asio::ip::udp::socket>(io_, loopback_any_port())) {
    std::error_code error;
    for (handler& each : handlers) {
      lanes_.push_back(std::make_shared<delivery<receive_loop, handler>>(std::move(each), socket_,
                                                                         options, error));
      REQUIRE_FALSE(error);
    }
    reader_ =
        std::make_shared<lane_reader>(socket_, options, by_first_octet(), capacity, lanes_, error);
    REQUIRE_FALSE(error);
  }
  ~shared_socket_lanes() {
    stop();
    join();
    for (const auto& each : lanes_) {
      each->close();
    }
    reader_->close();
  }

  void start() {
    for (const auto& each : lanes_) {
      each->start();
    }
    reader_->start();
    for (std::size_t i = 0; i < lane_count; ++i) {
      threads_.emplace_back([this] { io_.run(); });
    }
  }
  void stop() {
    reader_->stop();
    for (const auto& each : lanes_) {
      each->stop();
    }
  }
  void join() {
    for (std::thread& each : threads_) {
      each.join();
    }
    threads_.clear();
  }

  receive_counters counters(std::size_t lane) const {
    receive_counters now = lanes_[lane]->counters();
    reader_->queue(lane).add_to(now);
    return now;
  }
  lane_reader& reader() { return *reader_; }
  receive_loop& lane(std::size_t number) { return *lanes_[number]; }
  asio::ip::udp::endpoint endpoint() const { return socket_->local_endpoint(); }

private:
  asio::io_context io_;
  std::shared_ptr<asio::ip::udp::socket> socket_;
  std::vector<std::shared_ptr<receive_loop>> lanes_;
  std::shared_ptr<lane_reader> reader_;
  std::vector<std::thread> threads_;
};

// Sends a few at a time, so that the receive buffer holds them.
void send(shared_socket_lanes& to, loopback_sender& from, char key, std::size_t count) {
  const std::uint64_t before = to.reader().counters().datagrams;
  for (std::size_t i = 1; i <= count; ++i) {
    from.send(key + std::to_string(i));
    if (i % 20 == 0 || i == count) {
      REQUIRE(poll_until([&] { return to.reader().counters().datagrams == before + i; }));
    }
  }
}

} // namespace

TEST_CASE("lane reader: each lane receives its datagrams in order, and replies", "[lanes]") {
  std::array<std::vector<std::string>, lane_count> seen;
  const auto noting = [&seen](std::size_t lane) {
    return [&here = seen[lane]](const packet& each) {
      here.emplace_back(reinterpret_cast<const char*>(each.payload().data()),
                        each.payload().size());
      each.reply(each.payload());
    };
  };
  shared_socket_lanes lanes({noting(0), noting(1)}, 0,
                            {.metadata = ancillary::require({ancillary::field::destination})});
  lanes.start();
  std::array<loopback_sender, lane_count> from{loopback_sender(lanes.endpoint()),
                                               loopback_sender(lanes.endpoint())};
  for (int round = 0; round < 10; ++round) {
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
      send(lanes, from[lane], key_of_lane(lane), 40);
    }
  }
  // Wine has a full send buffer at times; such replies are dropped and counted.
  const auto replies = [&](std::size_t lane) { return lanes.lane(lane).reply_counters(); };
  REQUIRE(poll_until([&] {
    return replies(0).datagrams + replies(0).dropped + replies(1).datagrams + replies(1).dropped ==
           800;
  }));
  lanes.stop();
  lanes.join();
  for (std::size_t lane = 0; lane < lane_count; ++lane) {
    REQUIRE(seen[lane].size() == 400);
    for (std::size_t i = 0; i < 400; ++i) {
      CHECK(seen[lane][i] == key_of_lane(lane) + std::to_string(i % 40 + 1));
    }
    const receive_counters now = lanes.counters(lane);
    CHECK(now.datagrams == 400);
    CHECK(now.metadata_missing == 0);
    CHECK(now.lane_queue_full == 0);
    REQUIRE(replies(lane).datagrams > 0);
    char answer[32] = {};
    from[lane].socket().receive(asio::buffer(answer));
    CHECK(answer[0] == key_of_lane(lane));
  }
  CHECK(lanes.reader().pool().held_count() == 0);
}

TEST_CASE("lane reader: a lane that waits loses what exceeds its queue, and delays no other",
          "[lanes]") {
  std::atomic<bool> waits = true;
  std::atomic<std::size_t> delivered = 0;
  std::atomic<std::size_t> in_other = 0;
  constexpr std::size_t capacity = 16;
  constexpr std::size_t batch = 4;
  shared_socket_lanes lanes({[&](const packet&) { ++in_other; },
                             [&](const packet&) {
                               ++delivered;
                               waits.wait(true);
                             }},
                            capacity, {.batch = batch});
  lanes.start();
  loopback_sender from(lanes.endpoint());
  send(lanes, from, key_of_lane(1), 100);
  send(lanes, from, key_of_lane(0), 10);
  CHECK(poll_until([&] { return in_other == 10; }));
  CHECK(delivered <= 1);
  const std::uint64_t lost = lanes.counters(1).lane_queue_full;
  CHECK(lost >= 100 - capacity - batch);
  CHECK(lost <= 100 - capacity);
  waits = false;
  waits.notify_all();
  CHECK(poll_until([&] { return delivered == 100 - lost; }));
  send(lanes, from, key_of_lane(1), 5);
  CHECK(poll_until([&] { return delivered == 105 - lost; }));
  lanes.stop();
  lanes.join();
  const receive_counters now = lanes.counters(1);
  CHECK(now.datagrams == 105);
  CHECK(now.lane_queue_full == lost);
  CHECK(now.bytes >= 105 * 2);
  CHECK(lanes.counters(0).lane_queue_full == 0);
  CHECK(lanes.reader().pool().held_count() == 0);
}

TEST_CASE("lane reader: what waits for a lane at a stop is counted as discarded", "[lanes]") {
  std::atomic<bool> waits = true;
  std::atomic<std::size_t> delivered = 0;
  shared_socket_lanes lanes({[](const packet&) {},
                             [&](const packet&) {
                               ++delivered;
                               waits.wait(true);
                             }},
                            64, {.batch = 4});
  lanes.start();
  loopback_sender from(lanes.endpoint());
  send(lanes, from, key_of_lane(1), 30);
  REQUIRE(poll_until([&] { return delivered == 1; }));
  lanes.stop();
  waits = false;
  waits.notify_all();
  lanes.join();
  const receive_counters now = lanes.counters(1);
  CHECK(delivered == 1);
  CHECK(now.datagrams == 30);
  CHECK(now.discarded_on_stop == 29);
  CHECK(lanes.reader().pool().held_count() == 0);
}

TEST_CASE("lane reader: a lane that retains its packets pauses alone", "[lanes]") {
  std::mutex mutex;
  std::vector<ancillary::retained_packet> held;
  std::atomic<std::size_t> in_other = 0;
  shared_socket_lanes lanes({[&](const packet&) { ++in_other; },
                             [&](const packet& each) {
                               const std::lock_guard lock(mutex);
                               held.push_back(each.retain());
                             }},
                            64, {.batch = 2, .retainable = 2});
  lanes.start();
  loopback_sender from(lanes.endpoint());
  send(lanes, from, key_of_lane(1), 30);
  REQUIRE(poll_until([&] { return lanes.counters(1).pauses == 1; }));
  send(lanes, from, key_of_lane(0), 10);
  CHECK(poll_until([&] { return in_other == 10; }));
  std::size_t seen = 0;
  CHECK(poll_until([&] {
    const std::lock_guard lock(mutex);
    seen += held.size();
    held.clear();
    return seen == 30;
  }));
  lanes.stop();
  lanes.join();
  CHECK(lanes.counters(1).discarded_on_stop == 0);
}

TEST_CASE("lane reader: can be stopped at any time", "[lanes]") {
  for (int i = 0; i < 20; ++i) {
    shared_socket_lanes never_started({[](const packet&) {}, [](const packet&) {}}, 4);
    shared_socket_lanes running({[](const packet&) {}, [](const packet&) {}}, 4);
    running.start();
    loopback_sender from(running.endpoint());
    for (int j = 0; j < i; ++j) {
      from.send("x" + std::to_string(j));
    }
  }
}
