// The other ways of receiving, through a stand-in: they get the same as a receiver.
#include "machine.hpp"
#include <ancillary/recvmsg/async_receiver.hpp>
#include <ancillary/recvmsg/drain.hpp>

#include <thread>

using namespace ancillary_test;

namespace {

const ancillary::receive_options guarded{
    .metadata = ancillary::require({field::receive_interface, field::segment_bytes}),
    .guard = {.largest_datagram_bytes = 4}};

void send_two(asio::io_context& io, const asio::ip::udp::endpoint& to) {
  asio::ip::udp::socket from(io, any_port("127.0.0.1"));
  from.send_to(asio::buffer("aaaa", 4), to);
  from.send_to(asio::buffer("bbbb", 4), to);
}

} // namespace

TEST_CASE("stand-in: drain receives metadata, and its coalescing guard works") {
  stand_in windows(windows_profile::windows_11);
  windows.now.marks_coalesced = false;
  asio::io_context io;
  asio::ip::udp::socket socket(io, any_port("127.0.0.1"));
  ancillary::drain drain(socket.native_handle(), guarded);
  send_two(io, socket.local_endpoint());
  std::vector<std::size_t> sizes;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (sizes.empty() && std::chrono::steady_clock::now() < deadline) {
    const auto result = drain.receive([&](const packet& p) {
      sizes.push_back(p.payload().size());
      CHECK(p.metadata().receive_interface());
      CHECK(p.coalesced_unmarked());
    });
    REQUIRE(result.error.condition == ancillary::receive_condition::none);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  CHECK(sizes == std::vector<std::size_t>{8});
  CHECK(drain.counters().unmarked_coalesced == 1);
  CHECK_FALSE(windows.of(socket.native_handle()).coalesces());
}

TEST_CASE("stand-in: async_receive delivers metadata, and its coalescing guard works") {
  stand_in windows(windows_profile::windows_11);
  windows.now.marks_coalesced = false;
  asio::io_context io;
  windows.run_on(io);
  ancillary::async_receiver receiver(asio::ip::udp::socket(io, any_port("127.0.0.1")), guarded);
  send_two(io, receiver.socket().local_endpoint());
  ancillary::packet_batch batch;
  bool is_there = false;
  receiver.async_receive(batch, [&](const std::error_code& error) { is_there = !error; });
  io.run_for(patience);
  REQUIRE(is_there);
  REQUIRE(batch.size() == 1);
  CHECK(batch[0].payload().size() == 8);
  CHECK(batch[0].coalesced_unmarked());
  CHECK(batch[0].metadata().receive_interface());
  CHECK_FALSE(windows.of(receiver.socket().native_handle()).coalesces());
}
