// The program that the kernel runs, on an independent machine, against the decision in user space.

#include "platform/linux/steering_program.hpp"

#include "support/catch.hpp"
#include "support/linux/bpf_machine.hpp"
#include <ancillary/recvmsg/lane_steering.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

using namespace ancillary_test;
using ancillary::lane_steering;
using ancillary::quic_connection_ids;
using ancillary::detail::bpf_program;
using ancillary::detail::steering_program;

namespace {

using bytes = std::vector<std::byte>;

std::uint32_t run(const bpf_program& program, std::span<const std::byte> packet) {
  return bpf_machine(packet).run({program.data(), program.size()});
}

bytes random_bytes(std::mt19937& random, std::size_t size) {
  bytes made(size);
  std::ranges::generate(made, [&] { return static_cast<std::byte>(random()); });
  return made;
}

// Every prefix, so that each load can be the first beyond the end.
void compare(const lane_steering& steering, std::size_t lanes, const bytes& packet) {
  const bpf_program program = steering_program(steering, lanes);
  for (std::size_t size = 0; size <= packet.size(); ++size) {
    const auto prefix = std::span(packet).first(size);
    const auto lane = steering.lane_of(prefix, lanes);
    if (!lane || *lane >= lanes || run(program, prefix) != *lane) {
      CAPTURE(size, lanes, lane.value_or(9999), run(program, prefix));
      FAIL("the kernel's program and lane_of() differ");
    }
  }
}

} // namespace

TEST_CASE("steering program by_payload: the same lane as lane_of()", "[lanes]") {
  std::mt19937 random(1);
  for (std::size_t length = 1; length <= lane_steering::max_payload_length; ++length) {
    for (const std::size_t offset : {std::size_t{0}, std::size_t{1}, std::size_t{13}}) {
      for (const std::size_t lanes : {1u, 2u, 3u, 8u, 100u}) {
        compare(lane_steering::by_payload({offset, length}), lanes, random_bytes(random, 90));
      }
    }
  }
}

TEST_CASE("steering program by_quic_connection_id: the same lane as lane_of()", "[lanes]") {
  std::mt19937 random(2);
  for (int i = 0; i < 20000; ++i) {
    const std::size_t length = 8 + random() % 13;
    const quic_connection_ids ids(length, static_cast<unsigned>(random() % 7));
    const std::size_t lanes = 1 + random() % 256;
    bytes packet = random_bytes(random, 30);
    const bool is_long = (packet[0] & std::byte{0x80}) != std::byte{};
    if (is_long) { // an ID length that matters
      packet[5] = static_cast<std::byte>(random() % 3 == 0 ? length : random() % 22);
    }
    if (random() % 2 == 0) { // an ID of the server, of a lane that may not exist
      ids.make(random() % 256, std::span(packet).subspan(is_long ? 6 : 1, length));
    }
    compare(lane_steering::by_quic_connection_id(ids), lanes, packet);
  }
}

TEST_CASE("steering program: every ID of the server selects its lane", "[lanes]") {
  std::mt19937 random(3);
  for (std::size_t length = 8; length <= 20; ++length) {
    const quic_connection_ids ids(length);
    const std::size_t lanes = 256;
    const auto program = steering_program(lane_steering::by_quic_connection_id(ids), lanes);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      bytes id = random_bytes(random, length);
      ids.make(lane, id);
      bytes short_header{std::byte{0x40}};
      short_header.insert(short_header.end(), id.begin(), id.end());
      bytes long_header{std::byte{0xe0}, std::byte{0}, std::byte{0},
                        std::byte{0},    std::byte{1}, static_cast<std::byte>(length)};
      long_header.insert(long_header.end(), id.begin(), id.end());
      REQUIRE(run(program, short_header) == lane);
      REQUIRE(run(program, long_header) == lane);
    }
  }
}

TEST_CASE("steering program: short enough for the kernel's default limits", "[lanes]") {
  // At most 4,096 instructions (BPF_MAXINSNS), and the memory of one is counted against
  // net.core.optmem_max, of 20,480 bytes before Linux 6.9. An instruction becomes at most a few
  // of 8.
  CHECK(steering_program(lane_steering::by_payload({0, 64}), 256).size() < 150);
  CHECK(steering_program(lane_steering::by_quic_connection_id(quic_connection_ids()), 256).size() <
        100);
}
