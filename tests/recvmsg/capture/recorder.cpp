// A recorder behind with_tap, on real sockets on the loopback interface.

#include "pcapng/reference_reader.hpp"
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/receiver.hpp>
#include <ancillary/recvmsg/recorder.hpp>
#include <ancillary/recvmsg/tap.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

using namespace ancillary_test;
using ancillary::field;
using ancillary::packet;
using ancillary::recorder;
using ancillary::with_tap;

namespace {

// What a recorder has written, on the test's side. Writing waits while the gate is closed.
struct files {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::vector<std::byte>> contents{{}};
  bool open = true;
  bool waiting = false;
  std::size_t room_bytes = ~std::size_t{};

  void set_open(bool value) {
    const std::lock_guard lock(mutex);
    open = value;
    changed.notify_all();
  }
  void wait_until_blocked() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return waiting; });
  }

  [[nodiscard]] std::vector<reference_pcapng::block> blocks(std::size_t file = 0) const {
    const auto read = reference_pcapng::read(contents.at(file));
    REQUIRE(read);
    return *read;
  }
};

class output final : public ancillary::capture_output {
public:
  explicit output(files& to) : to_(to) {}

  result write(std::span<const std::byte> blocks) override {
    std::unique_lock lock(to_.mutex);
    to_.waiting = !to_.open;
    to_.changed.notify_all();
    to_.changed.wait(lock, [&] { return to_.open; });
    to_.waiting = false;
    const auto fits = blocks.first(std::min(to_.room_bytes, blocks.size()));
    to_.contents.back().insert(to_.contents.back().end(), fits.begin(), fits.end());
    to_.room_bytes -= fits.size();
    return {fits.size(), fits.size() == blocks.size()
                             ? std::error_code()
                             : std::make_error_code(std::errc::no_space_on_device)};
  }
  std::error_code next_file() override {
    const std::lock_guard lock(to_.mutex);
    to_.contents.emplace_back();
    return {};
  }

private:
  files& to_;
};

constexpr std::uint32_t shb = 0x0a0d0d0a, idb = 1, isb = 5, epb = 6;

std::vector<std::uint32_t> types_of(const std::vector<reference_pcapng::block>& blocks) {
  std::vector<std::uint32_t> types;
  for (const auto& each : blocks) {
    types.push_back(each.type);
  }
  return types;
}

std::size_t packets_of(const std::vector<reference_pcapng::block>& blocks) {
  std::size_t count = 0;
  for (const auto& each : blocks) {
    count += each.type == epb ? 1u : 0u;
  }
  return count;
}

const ancillary::receive_options with_metadata{
    .metadata = ancillary::want({field::destination, field::interface_index, field::hop_limit,
                                 field::traffic_class, field::timestamp}),
    .receive_buffer_bytes = 1 << 20};

// Sends `count` datagrams of `bytes` bytes to a receiver with this recorder and waits for them.
void receive(recorder& to, int count, std::size_t bytes = 10) {
  asio::io_context io;
  int handled = 0;
  ancillary::receiver receiver(io, loopback_any_port(),
                               with_tap([&](const packet&) { ++handled; }, to.tap()),
                               with_metadata);
  to.bound_to(receiver.local_endpoint());
  receiver.start();
  loopback_sender from(receiver.local_endpoint());
  for (int i = 0; i < count; ++i) {
    from.send(std::string(bytes, static_cast<char>('a' + i % 26)));
    REQUIRE(run_until(io, [&] { return handled == i + 1; }));
  }
}

void check_balance(const ancillary::recorder_counters& now) {
  CHECK(now.received == now.written + now.buffer_full + now.write_failed);
}

} // namespace

TEST_CASE("recorder: what a tap sees is in the file, with statistics at its end", "[recorder]") {
  files written;
  recorder to(std::make_unique<output>(written), {.application = "test"});
  receive(to, 3);
  to.finish();
  const auto blocks = written.blocks();
  CHECK(types_of(blocks) == std::vector<std::uint32_t>{shb, idb, epb, epb, epb, isb});
  CHECK(blocks[0].text(4) == "test");
  CHECK_FALSE(blocks[1].text(2).value_or(std::string()).empty());
  for (int i = 0; i < 3; ++i) {
    const auto packet = reference_pcapng::read_packet(blocks[2 + static_cast<std::size_t>(i)].data);
    REQUIRE(packet);
    CHECK(packet->payload == std::vector<std::byte>(10, static_cast<std::byte>('a' + i)));
    CHECK(packet->destination_port != 0);
    CHECK(packet->hop_limit != 0);
    CHECK(packet->checksum_valid);
  }
  CHECK(blocks.back().number(4) == 3u);
  CHECK(blocks.back().number(8) == 3u);
  const auto counters = to.counters();
  CHECK(counters.received == 3);
  CHECK(counters.written == 3);
  CHECK(counters.files == 1);
  CHECK(counters.bytes == written.contents[0].size());
  check_balance(counters);
}

TEST_CASE("recorder: the section header is written without a datagram", "[recorder]") {
  files written;
  recorder to(std::make_unique<output>(written));
  to.finish();
  CHECK(types_of(written.blocks()) == std::vector<std::uint32_t>{shb});
  CHECK(to.counters().received == 0);
}

TEST_CASE("recorder: a blocked output does not stop receiving; losses are counted and said",
          "[recorder]") {
  files written;
  written.open = false;
  recorder to(std::make_unique<output>(written), {.buffer_bytes = 4096});
  written.wait_until_blocked(); // with the section header
  receive(to, 100, 100);        // far more than the buffer holds
  const auto blocked = to.counters();
  CHECK(blocked.received == 100);
  CHECK(blocked.written == 0);
  CHECK(blocked.buffer_full > 50);
  CHECK(blocked.buffer_full < 100);
  written.set_open(true);
  REQUIRE(poll_until([&] { return to.counters().written == 100 - blocked.buffer_full; }));
  receive(to, 1);
  to.finish();
  const auto blocks = written.blocks();
  CHECK(packets_of(blocks) == 101 - blocked.buffer_full);
  const auto& after = blocks[blocks.size() - 2];
  REQUIRE(after.type == epb);
  CHECK(after.number(4) == blocked.buffer_full); // epb_dropcount
  CHECK(after.comment().find("lost before this one at the capture: " +
                             std::to_string(blocked.buffer_full)) != std::string::npos);
  CHECK(blocks.back().number(4) == 101u);
  CHECK(blocks.back().number(5) == blocked.buffer_full);
  CHECK(blocks.back().number(8) == 101 - blocked.buffer_full);
  check_balance(to.counters());
}

TEST_CASE("recorder: a failed write is reported once, and what fitted counts", "[recorder]") {
  for (const std::size_t room_bytes : {0u, 100u, 900u, 1000u, 1500u}) {
    CAPTURE(room_bytes);
    files written;
    written.room_bytes = room_bytes;
    std::mutex mutex;
    std::vector<std::error_code> errors;
    recorder to(std::make_unique<output>(written), {.on_error = [&](std::error_code error) {
                  const std::lock_guard lock(mutex);
                  errors.push_back(error);
                }});
    receive(to, 20, 100);
    to.finish();
    const std::lock_guard lock(mutex);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0] == std::errc::no_space_on_device);
    std::size_t whole = 0;
    std::span<const std::byte> rest = written.contents[0];
    while (const auto block = ancillary::pcapng::first_block(rest)) {
      whole += block->type == ancillary::pcapng::block_type::enhanced_packet ? 1u : 0u;
      rest = rest.subspan(block->bytes.size());
    }
    CHECK(to.counters().written == whole);
    CHECK(to.counters().received == 20);
    CHECK(to.counters().buffer_full == 0);
    CHECK(to.counters().bytes == room_bytes);
    check_balance(to.counters());
  }
}

TEST_CASE("recorder: files by size are whole, within the limit, and lose nothing", "[recorder]") {
  files written;
  constexpr std::size_t limit_bytes = 3000;
  recorder to(std::make_unique<output>(written), {.file_bytes = limit_bytes});
  receive(to, 50, 200);
  to.finish();
  CHECK(written.contents.size() > 3);
  CHECK(to.counters().files == written.contents.size());
  std::size_t packets = 0;
  for (std::size_t i = 0; i != written.contents.size(); ++i) {
    CHECK(written.contents[i].size() <= limit_bytes);
    const auto blocks = written.blocks(i);
    REQUIRE(blocks.size() > 3);
    CHECK(blocks[0].type == shb);
    CHECK(blocks[1].type == idb);
    packets += packets_of(blocks);
    CHECK(blocks.back().type == isb);
    CHECK(blocks.back().number(8) == packets); // of the capture until here
  }
  CHECK(packets == 50);
  CHECK(to.counters().written == 50);
}

TEST_CASE("recorder: a datagram above the limit has a file of its own", "[recorder]") {
  files written;
  recorder to(std::make_unique<output>(written), {.file_bytes = 1000});
  receive(to, 3, 2000);
  to.finish();
  CHECK(written.contents.size() == 3);
  for (std::size_t i = 0; i != 3; ++i) {
    CHECK(packets_of(written.blocks(i)) == 1);
  }
}

TEST_CASE("recorder: a file by time ends without another datagram", "[recorder]") {
  files written;
  recorder to(std::make_unique<output>(written), {.file_time = std::chrono::milliseconds(20)});
  receive(to, 1);
  REQUIRE(poll_until([&] { return to.counters().files == 2; }));
  receive(to, 1);
  REQUIRE(poll_until([&] { return to.counters().files == 3; }));
  to.finish();
  REQUIRE(written.contents.size() == 3);
  CHECK(packets_of(written.blocks(0)) == 1);
  CHECK(packets_of(written.blocks(1)) == 1);
  CHECK(packets_of(written.blocks(2)) == 0);
}

TEST_CASE("recorder: after finish a tap records and counts nothing", "[recorder]") {
  files written;
  recorder to(std::make_unique<output>(written));
  to.finish();
  to.finish();
  receive(to, 2);
  CHECK(to.counters().received == 0);
  CHECK(packets_of(written.blocks()) == 0);
}

TEST_CASE("recorder: a tap may outlive its recorder", "[recorder]") {
  files written;
  asio::io_context io;
  int handled = 0;
  auto to = std::make_unique<recorder>(std::make_unique<output>(written));
  ancillary::receiver receiver(io, loopback_any_port(),
                               with_tap([&](const packet&) { ++handled; }, to->tap()));
  receiver.start();
  to.reset();
  loopback_sender(receiver.local_endpoint()).send("x");
  REQUIRE(run_until(io, [&] { return handled == 1; }));
  CHECK(packets_of(written.blocks()) == 0);
}
