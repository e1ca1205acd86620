// The lane that the content of a datagram selects: golden packets and the quality of the hash.

#include "support/catch.hpp"
#include <ancillary/recvmsg/detail/lane_hash.hpp>
#include <ancillary/recvmsg/lane_steering.hpp>
#include <ancillary/recvmsg/quic_connection_ids.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

using ancillary::lane_steering;
using ancillary::quic_connection_ids;
using ancillary::detail::lane_hash_of;

namespace {

using bytes = std::vector<std::byte>;

bytes from_hex(std::string_view text) {
  const auto digit = [](char each) { return each <= '9' ? each - '0' : each - 'a' + 10; };
  bytes made;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    made.push_back(static_cast<std::byte>(digit(text[i]) * 16 + digit(text[i + 1])));
  }
  return made;
}

// RFC 9001, A.2: the protected header of a client's first packet, with the ID 8394c8f03e515708.
const bytes client_initial = from_hex("c000000001088394c8f03e5157080000449e7b9aec34");
// RFC 9001, A.3: the server's answer, to an empty ID.
const bytes server_initial = from_hex("cf000000010008f067a5502a4262b5004075c0d9");
// RFC 9001, A.5: a packet with a short header. As the packet of a server with IDs of 8 octets, its
// ID is fe4189655e5cd55c.
const bytes short_header = from_hex("4cfe4189655e5cd55c41f69080575d7999c25a5bfb");

// Fails if a lane has more than twice or less than half of its share of the keys.
template <class KeyOf>
void check_even(std::size_t lanes, std::size_t keys, KeyOf key_of) {
  std::vector<std::size_t> counts(lanes, 0);
  for (std::size_t i = 0; i < keys; ++i) {
    ++counts[lane_hash_of(key_of(i)) % lanes];
  }
  const auto [least, most] = std::ranges::minmax(counts);
  CAPTURE(lanes, keys, least, most);
  CHECK(most * lanes <= keys * 2);
  CHECK(least * lanes * 2 >= keys);
}

} // namespace

TEST_CASE("lane hash: values of an independent implementation", "[lanes]") {
  CHECK(lane_hash_of(from_hex("8394c8f03e515708")) == 0x13cdfc79);
  CHECK(lane_hash_of(from_hex("fe4189655e5cd55c")) == 0x42a36eab);
  const std::string_view text = "ancillary"; // nine bytes: two words and an octet
  CHECK(lane_hash_of(std::as_bytes(std::span(text))) == 0x55c80fa5);
  CHECK(lane_hash_of(from_hex("00010203040506")) == 0xf9df9ec9); // a word, a half word, an octet
}

TEST_CASE("lane hash: similar keys are spread over all lanes", "[lanes]") {
  for (const std::size_t lanes : {2u, 3u, 4u, 7u, 8u, 16u}) {
    for (std::size_t octet = 0; octet < 8; ++octet) {
      check_even(lanes, 256, [octet](std::size_t i) {
        std::array<std::byte, 8> key{};
        key[octet] = static_cast<std::byte>(i);
        return bytes(key.begin(), key.end());
      });
    }
    check_even(lanes, 65536, [](std::size_t i) { // a counter, and the same little-endian
      return bytes{std::byte{}, std::byte{}, static_cast<std::byte>(i >> 8),
                   static_cast<std::byte>(i)};
    });
    check_even(lanes, 65536, [](std::size_t i) {
      return bytes{static_cast<std::byte>(i), static_cast<std::byte>(i >> 8), std::byte{},
                   std::byte{}};
    });
  }
}

TEST_CASE("lane_steering by_flow and by_cpu: the content does not decide", "[lanes]") {
  CHECK_FALSE(lane_steering::by_flow.lane_of(client_initial, 4));
  CHECK_FALSE(lane_steering::by_cpu.lane_of(client_initial, 4));
  CHECK_FALSE(lane_steering::by_cpu.by_content());
}

TEST_CASE("lane_steering by_payload: exactly the chosen bytes decide", "[lanes]") {
  const auto steering = lane_steering::by_payload({.offset = 6, .length = 8});
  constexpr std::size_t many = 1 << 24; // so that two hashes hardly ever have one lane
  CHECK(steering.lane_of(client_initial, many) == 0xcdfc79);
  bytes other = client_initial;
  other[5] = other[14] = std::byte{0xff};
  CHECK(steering.lane_of(other, many) == 0xcdfc79);
  for (std::size_t i = 6; i < 14; ++i) {
    other = client_initial;
    other[i] ^= std::byte{1};
    CHECK(steering.lane_of(other, many) != 0xcdfc79);
  }
  CHECK(steering.lane_of(std::span(client_initial).first(14), 256) == 0x79);
  CHECK(steering.lane_of(std::span(client_initial).first(13), 256) == 0);
  CHECK(steering.lane_of({}, 256) == 0);
}

TEST_CASE("lane_steering by_quic_connection_id: RFC 9001's packets are steered by hash",
          "[lanes]") {
  const auto steering = lane_steering::by_quic_connection_id(quic_connection_ids());
  CHECK(steering.lane_of(client_initial, 256) == 0x79);
  CHECK(steering.lane_of(client_initial, 3) == 0x13cdfc79 % 3);
  CHECK(steering.lane_of(short_header, 256) == 0xab);
  CHECK(steering.lane_of(server_initial, 256) == 0);
  CHECK(steering.lane_of(std::span(client_initial).first(13), 256) == 0);
  CHECK(steering.lane_of(std::span(short_header).first(8), 256) == 0);
  CHECK(steering.lane_of(std::span(short_header).first(9), 256) == 0xab);
}

TEST_CASE("lane_steering by_quic_connection_id: an ID of the server selects its lane", "[lanes]") {
  const quic_connection_ids ids(8, 3);
  const auto steering = lane_steering::by_quic_connection_id(ids);
  for (bytes packet : {client_initial, short_header}) {
    const bool is_long = packet == client_initial;
    ids.make(5, std::span(packet).subspan(is_long ? 6 : 1, 8));
    CHECK(steering.lane_of(packet, 6) == 5);
    CHECK(steering.lane_of(packet, 256) == 5);
    // There is no such lane: an ID from before a restart with fewer lanes.
    const auto other = steering.lane_of(packet, 5);
    REQUIRE(other);
    CHECK(*other < 5);
    if (is_long) { // an ID of another length is not the server's
      packet[5] = std::byte{9};
      CHECK(steering.lane_of(packet, 256) == lane_hash_of(std::span(packet).subspan(6, 8)) % 256);
    }
  }
}

TEST_CASE("quic_connection_ids: the format of QUIC-LB without encryption", "[lanes]") {
  // draft-ietf-quic-load-balancers-21, appendix "Unencrypted CIDs", first line: rotation 0, server
  // ID c4605e, nonce 4504cc4f. Our server ID is its first octet.
  const bytes golden = from_hex("07c4605e4504cc4f");
  CHECK(quic_connection_ids(8).lane_of(golden) == 0xc4);
  bytes made = from_hex("ffff605e4504cc4f");
  quic_connection_ids(8).make(0xc4, made);
  CHECK(made == golden);
}

TEST_CASE("quic_connection_ids: what make() makes, lane_of() reads; other formats are refused",
          "[lanes]") {
  for (std::size_t length = 8; length <= 20; ++length) {
    for (unsigned rotation = 0; rotation < 7; ++rotation) {
      const quic_connection_ids ids(length, rotation);
      bytes id(length, std::byte{0xab});
      ids.make(201, id);
      CHECK(ids.lane_of(id) == 201);
      CHECK(id[2] == std::byte{0xab});
      CHECK(std::to_integer<unsigned>(id[0]) == rotation * 32 + length - 1);
      CHECK_FALSE(quic_connection_ids(length, (rotation + 1) % 7).lane_of(id));
      CHECK_FALSE(ids.lane_of(std::span(id).first(length - 1)));
      id[0] ^= std::byte{1};
      CHECK_FALSE(ids.lane_of(id));
    }
  }
}
