// Lanes that the content of the datagrams selects, over real sockets: by the kernel on Linux, by
// the lanes' reader where they share a socket.

#include "platform/lane_sockets.hpp"
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/lanes.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

using namespace ancillary_test;
using ancillary::lane_options;
using ancillary::lane_steering;
using ancillary::lanes;
using ancillary::packet;
using ancillary::quic_connection_ids;

namespace {

using connection_id = std::array<std::byte, 8>;

constexpr std::size_t lane_count = 4;
constexpr std::size_t connection_count = 1000;
constexpr std::size_t port_count = 16;

connection_id random_id(std::mt19937& random) {
  connection_id made;
  for (std::byte& each : made) {
    each = static_cast<std::byte>(random());
  }
  return made;
}

// The server's memory of its connections: each lane has its own, without a lock.
struct server_lane {
  std::map<connection_id, std::uint32_t> connections; // by the first ID and by the server's
  std::map<std::uint32_t, std::uint32_t> last_packet;
  std::uint64_t strays = 0; // packets of connections that another lane has
  std::uint64_t reordered = 0;
};

// A packet with its connection's and its own number behind the header, in place of the ciphertext.
struct numbers {
  std::uint32_t connection;
  std::uint32_t packet;
};

std::string with_numbers(std::string header, const numbers& what) {
  header.append(reinterpret_cast<const char*>(&what), sizeof what);
  return header;
}

// RFC 9000, 17.2: `type` is 0 for an Initial, 2 for a Handshake packet.
std::string long_header(unsigned type, const connection_id& id, const numbers& what) {
  std::string header{static_cast<char>(0xc0 | type << 4), 0, 0, 0, 1, static_cast<char>(id.size())};
  header.append(reinterpret_cast<const char*>(id.data()), id.size());
  header += '\0'; // the client's own ID is empty
  return with_numbers(std::move(header), what);
}

// RFC 9000, 17.3.
std::string short_header(const connection_id& id, const numbers& what) {
  std::string header(1, 0x40);
  header.append(reinterpret_cast<const char*>(id.data()), id.size());
  return with_numbers(std::move(header), what);
}

class quic_server {
public:
  explicit quic_server(const lane_steering& steering)
      : server_ids_(connection_count),
        lanes_(loopback_any_port(),
               [this](std::size_t lane) {
                 return [this, lane](const packet& each) { receive(lane, each.payload()); };
               },
               {.count = lane_count, .steering = steering, .queue = 4096}) {
    lanes_.start();
  }

  // The connection ID that the server chose.
  connection_id id_of(std::uint32_t connection) {
    const std::lock_guard lock(mutex_);
    return server_ids_[connection];
  }
  std::uint64_t received() const { return lanes_.counters().datagrams; }
  lanes& group() { return lanes_; }

  // After join().
  std::array<server_lane, lane_count> memory;

  static inline const quic_connection_ids ids{8, 2};

private:
  void receive(std::size_t lane, std::span<const std::byte> payload) {
    server_lane& here = memory[lane];
    const bool is_long = (payload[0] & std::byte{0x80}) != std::byte{};
    const bool is_initial = is_long && (payload[0] & std::byte{0x30}) == std::byte{};
    connection_id id;
    std::memcpy(id.data(), payload.data() + (is_long ? 6 : 1), id.size());
    numbers what;
    std::memcpy(&what, payload.data() + payload.size() - sizeof what, sizeof what);
    if (here.connections.contains(id)) {
      here.reordered += what.packet < here.last_packet[what.connection] ? 1u : 0u;
    } else if (is_initial && what.packet == 0) {
      accept(lane, id, what.connection);
    } else {
      ++here.strays;
    }
    here.last_packet[what.connection] = what.packet;
  }

  void accept(std::size_t lane, const connection_id& first, std::uint32_t connection) {
    connection_id own;
    const std::lock_guard lock(mutex_);
    own = random_id(random_);
    ids.make(lane, own);
    server_ids_[connection] = own;
    memory[lane].connections[first] = memory[lane].connections[own] = connection;
  }

  std::mutex mutex_;
  std::mt19937 random_{7};
  std::vector<connection_id> server_ids_;
  lanes lanes_; // last: its threads use the others
};

// Each connection: an Initial, another one from a new port, a Handshake packet and three with short
// headers, each from another port.
void run_clients(quic_server& server) {
  std::vector<std::unique_ptr<loopback_sender>> ports;
  for (std::size_t i = 0; i < port_count; ++i) {
    ports.push_back(std::make_unique<loopback_sender>(server.group().local_endpoint()));
  }
  std::mt19937 random(1);
  std::vector<connection_id> first_ids(connection_count);
  for (connection_id& each : first_ids) {
    each = random_id(random);
  }
  std::uint64_t sent = 0;
  for (std::uint32_t number = 0; number < 6; ++number) {
    for (std::uint32_t connection = 0; connection < connection_count; ++connection) {
      const numbers what{connection, number};
      const std::string payload = number < 2    ? long_header(0, first_ids[connection], what)
                                  : number == 2 ? long_header(2, server.id_of(connection), what)
                                                : short_header(server.id_of(connection), what);
      ports[(connection + number * 5) % port_count]->send(payload);
      ++sent;
      if (sent % 50 == 0) { // no receive buffer is too small for 50
        REQUIRE(poll_until([&] { return server.received() == sent; }));
      }
    }
  }
}

std::uint64_t strays_with(const lane_steering& steering) {
  quic_server server(steering);
  run_clients(server);
  server.group().stop();
  server.group().join();
  std::uint64_t strays = 0;
  std::size_t accepted = 0;
  std::size_t busy_lanes = 0;
  for (const server_lane& each : server.memory) {
    strays += each.strays;
    accepted += each.connections.size() / 2;
    busy_lanes += each.connections.size() > connection_count / lane_count ? 1u : 0u;
    if (steering.by_content()) {
      CHECK(each.reordered == 0);
    }
  }
  CHECK(accepted == connection_count);
  if (steering.by_content()) {
    CHECK(busy_lanes == lane_count); // each has at least half of its share
  }
  CHECK(server.group().counters().lane_queue_full == 0);
  return strays;
}

} // namespace

TEST_CASE(
    "lanes by_quic_connection_id: 1,000 connections that change their port stay on their lane",
    "[lanes]") {
  CHECK(strays_with(lane_steering::by_quic_connection_id(quic_server::ids)) == 0);
  if (ancillary::detail::a_socket_for_each_lane()) { // by addresses, they do not
    CHECK(strays_with(lane_steering::by_flow) > 0);
  }
}

TEST_CASE("lanes by_payload: the lane that lane_of() names, whatever the port", "[lanes]") {
  const auto steering = lane_steering::by_payload({.offset = 2, .length = 3});
  std::array<std::vector<std::string>, lane_count> seen;
  lanes four(loopback_any_port(),
             [&](std::size_t lane) {
               return [&here = seen[lane]](const packet& each) {
                 here.emplace_back(reinterpret_cast<const char*>(each.payload().data()),
                                   each.payload().size());
               };
             },
             {.count = lane_count, .steering = steering});
  four.start();
  std::set<std::string> sent;
  for (int i = 0; i < 200; ++i) {
    const std::string payload = "k:" + std::to_string(i) + (i % 2 == 0 ? ".." : "");
    loopback_sender(four.local_endpoint()).send(payload);
    sent.insert(payload);
    REQUIRE(poll_until([&] { return four.counters().datagrams == sent.size(); }));
  }
  four.stop();
  four.join();
  std::size_t right = 0;
  for (std::size_t lane = 0; lane < lane_count; ++lane) {
    CHECK(four.counters(lane).datagrams == seen[lane].size());
    for (const std::string& each : seen[lane]) {
      CHECK(sent.erase(each) == 1);
      right += steering.lane_of(std::as_bytes(std::span(each)), lane_count) == lane ? 1u : 0u;
    }
  }
  CHECK(right == 200);
}

TEST_CASE("lanes by_payload: the same over IPv6", "[lanes]") {
  asio::io_context io;
  std::error_code no_ipv6;
  asio::ip::udp::socket from(io, asio::ip::udp::v6());
  from.bind({asio::ip::address_v6::loopback(), 0}, no_ipv6);
  if (no_ipv6) {
    SKIP_BECAUSE("no IPv6 on the loopback interface");
  }
  const auto steering = lane_steering::by_payload({.offset = 0, .length = 4});
  lanes four({asio::ip::address_v6::loopback(), 0}, [](const packet&) {},
             {.count = lane_count, .steering = steering});
  four.start();
  std::array<std::uint64_t, lane_count> expected{};
  for (std::uint32_t i = 0; i < 100; ++i) {
    from.send_to(asio::buffer(&i, sizeof i), four.local_endpoint());
    ++expected[*steering.lane_of(std::as_bytes(std::span(&i, 1)), lane_count)];
    REQUIRE(poll_until([&] { return four.counters().datagrams == i + 1; }));
  }
  for (std::size_t lane = 0; lane < lane_count; ++lane) {
    CHECK(four.counters(lane).datagrams == expected[lane]);
  }
}

TEST_CASE("lanes: one lane needs no steering", "[lanes]") {
  for (const auto& steering : {lane_steering::by_cpu, lane_steering::by_payload({})}) {
    lanes one(loopback_any_port(), [](const packet&) {}, {.count = 1, .steering = steering});
    one.start();
    loopback_sender(one.local_endpoint()).send("x");
    CHECK(poll_until([&] { return one.counters().datagrams == 1; }));
  }
}

TEST_CASE("lanes: a QUIC connection ID names at most 256 lanes", "[lanes]") {
  REQUIRE_THROWS_WITH(
      lanes(loopback_any_port(), [](const packet&) {},
            {.count = 257,
             .steering = lane_steering::by_quic_connection_id(quic_connection_ids()),
             .receive = {.batch = 1}}),
      Catch::Matchers::ContainsSubstring("lane 256: steering"));
}
