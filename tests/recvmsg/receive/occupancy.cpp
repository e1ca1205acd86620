#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/decoders/native_layout.hpp>
#include <ancillary/recvmsg/drain.hpp>
#include <ancillary/recvmsg/lanes.hpp>
#include <ancillary/recvmsg/receiver.hpp>

#include <asio/io_context.hpp>
#include <vector>

using ancillary_test::loopback_any_port;
using ancillary_test::loopback_sender;
using ancillary_test::run_until;

TEST_CASE("occupancy: the slots that retained packets hold, and what waits in the socket") {
  asio::io_context io;
  std::vector<ancillary::retained_packet> kept;
  ancillary::receive_options options;
  options.batch = 2;
  options.retainable = 4;
  ancillary::receiver receiver(
      io, loopback_any_port(),
      [&](const ancillary::packet& each) { kept.push_back(each.retain()); }, options);
  const auto idle = receiver.occupancy();
  CHECK(idle.slots >= 2 + 4); // and on Windows one for the pending receive
  CHECK(idle.held_slots == 0);
  REQUIRE(idle.queue);
  CHECK(idle.queue->bytes == 0);
  CHECK(idle.queue->capacity_bytes >= 2048);

  loopback_sender out(receiver.local_endpoint());
  for (int i = 0; i < 3; ++i) {
    out.send("some bytes");
  }
  REQUIRE(run_until(io, [&] { return receiver.occupancy().queue->bytes != 0; }));
  CHECK(receiver.occupancy().queue->bytes >= 10);

  receiver.start();
  REQUIRE(run_until(io, [&] { return kept.size() == 3; }));
  CHECK(receiver.occupancy().held_slots == 3);
  CHECK(receiver.occupancy().queue->bytes == 0);
  kept.pop_back();
  CHECK(receiver.occupancy().held_slots == 2);
  kept.clear();
  CHECK(receiver.occupancy().held_slots == 0);
  CHECK(receiver.occupancy().slots == idle.slots);
}

TEST_CASE("occupancy: of a drain and of each lane") {
  asio::io_context io;
  asio::ip::udp::socket socket(io, loopback_any_port());
  loopback_sender out(socket.local_endpoint());
  ancillary::drain drain(socket.native_handle());
  out.send("x");
  REQUIRE(run_until(io, [&] { return drain.occupancy().queue->bytes != 0; }));
  std::vector<ancillary::retained_packet> kept;
  drain.receive([&](const ancillary::packet& each) { kept.push_back(each.retain()); });
  CHECK(drain.occupancy().held_slots == 1);

  ancillary::lanes lanes(loopback_any_port(), [](const ancillary::packet&) {}, {.count = 2});
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    CHECK(lanes.occupancy(i).slots > 0);
    CHECK(lanes.occupancy(i).queue);
  }
}
