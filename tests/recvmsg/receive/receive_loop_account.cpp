// The counters, and the flags and metadata of a packet.
#include "support/scripted_control.hpp"
#include "support/scripted_receiver.hpp"

using namespace ancillary_test;
using ancillary::field;
using ancillary::ip_family;
using ancillary::packet;
namespace slot_flag = ancillary::detail::slot_flag;

namespace {

struct flags {
  bool payload_truncated, control_truncated, control_malformed, broadcast, multicast;
  friend bool operator==(const flags&, const flags&) = default;
};

flags flags_of(const packet& p) {
  return {p.payload_truncated(), p.control_truncated(), p.control_malformed(), p.broadcast(),
          p.multicast()};
}

template <class Builder>
void ttl(Builder& builder) {
  builder.hop_limit(9, ip_family::v4);
}

std::vector<std::byte> hop_limit() {
  return control([](auto& builder) { ttl(builder); });
}

} // namespace

TEST_CASE("a datagram above the payload capacity is truncated, flagged and counted") {
  asio::io_context io;
  std::vector<std::string> seen;
  std::vector<flags> said;
  scripted_receiver receiver(io,
                             [&](const packet& p) {
                               seen.push_back(text_of(p));
                               said.push_back(flags_of(p));
                             },
                             {.payload_capacity = 4, .shape = each_shape()});
  receiver.traffic().datagram("abcdef").datagram("abcd").datagram("abcde");
  receiver.start();
  io.poll();
  CHECK(seen == std::vector<std::string>{"abcd", "abcd", "abcd"});
  CHECK(said == std::vector<flags>{{true, false, false, false, false},
                                   {false, false, false, false, false},
                                   {true, false, false, false, false}});
  CHECK(receiver.counters().payload_truncated == 2);
  CHECK(receiver.counters().bytes == 12);
}

TEST_CASE("control data above its capacity is flagged and counted, and the payload is complete") {
  asio::io_context io;
  std::vector<flags> said;
  std::vector<bool> has_hop_limit;
  std::vector<std::string> seen;
  scripted_receiver receiver(
      io,
      [&](const packet& p) {
        seen.push_back(text_of(p));
        said.push_back(flags_of(p));
        has_hop_limit.push_back(p.metadata().hop_limit().has_value());
      },
      {.control_capacity = 32, .granted = {field::hop_limit}, .shape = each_shape()});
  const auto two = control([](auto& builder) {
    ttl(builder);
    builder.segment_bytes(1000);
  });
  REQUIRE(two.size() > 32);
  receiver.traffic().datagram("whole", two).datagram("next", hop_limit());
  receiver.start();
  io.poll();
  CHECK(seen == std::vector<std::string>{"whole", "next"});
  CHECK(said[0].control_truncated);
  CHECK_FALSE(said[0].payload_truncated);
  CHECK_FALSE(said[1].control_truncated);
  CHECK(has_hop_limit[1]);
  CHECK(receiver.counters().control_truncated == 1);
}

TEST_CASE("malformed control data is flagged and counted, and fields before the error remain") {
  asio::io_context io;
  std::vector<flags> said;
  std::vector<int> hop_limits;
  scripted_receiver receiver(io,
                             [&](const packet& p) {
                               said.push_back(flags_of(p));
                               hop_limits.push_back(p.metadata().hop_limit().value_or(0));
                             },
                             {.shape = each_shape()});
  auto broken = hop_limit();
  broken.resize(broken.size() + 16, std::byte{0}); // a message of length zero
  auto beyond = hop_limit();
  beyond.resize(beyond.size() + 16, std::byte{0x7f});
  receiver.traffic()
      .datagram("a", broken)
      .datagram("b", beyond)
      .datagram("c", std::vector<std::byte>(16))
      .datagram("d", std::vector<std::byte>(5)) // too short for a header: the end, no error
      .datagram("e", hop_limit());
  receiver.start();
  io.poll();
  REQUIRE(said.size() == 5);
  CHECK(said[0].control_malformed);
  CHECK(said[1].control_malformed);
  CHECK(said[2].control_malformed);
  CHECK_FALSE(said[3].control_malformed);
  CHECK_FALSE(said[4].control_malformed);
  CHECK(hop_limits == std::vector<int>{9, 9, 0, 0, 9});
  CHECK(receiver.counters().control_malformed == 3);
}

TEST_CASE("a granted field that was not reported is nullopt and counted") {
  asio::io_context io;
  std::vector<bool> reported;
  scripted_receiver receiver(
      io, [&](const packet& p) { reported.push_back(p.metadata().hop_limit().has_value()); },
      {.granted = {field::hop_limit}, .shape = each_shape()});
  receiver.traffic()
      .datagram("a", hop_limit())
      .datagram("b")
      .datagram("c", hop_limit())
      .datagram("d");
  receiver.start();
  io.poll();
  CHECK(reported == std::vector<bool>{true, false, true, false});
  CHECK(receiver.counters().metadata_missing == 2);
}

TEST_CASE("ECN that was granted and not reported is counted") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.granted = {field::ecn}});
  receiver.traffic()
      .datagram("with", control([](auto& builder) { builder.traffic_class({1}, ip_family::v4); }))
      .datagram("without");
  receiver.start();
  io.poll();
  CHECK(receiver.counters().metadata_missing == 1);
}

TEST_CASE("a field that is reported only sometimes does not count as missing") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {},
                             {.granted = {field::segment_bytes, field::dropped_total,
                                          field::redirect_records, field::redirect_context}});
  receiver.traffic().datagrams(3);
  receiver.start();
  io.poll();
  CHECK(receiver.counters().metadata_missing == 0);
}

TEST_CASE("a second message for a field is counted") {
  asio::io_context io;
  std::vector<int> hop_limits;
  scripted_receiver receiver(
      io, [&](const packet& p) { hop_limits.push_back(p.metadata().hop_limit().value_or(0)); },
      {.shape = each_shape()});
  const auto twice = control([](auto& builder) {
    builder.hop_limit(1, ip_family::v4);
    builder.hop_limit(2, ip_family::v6);
  });
  receiver.traffic().datagram("a", twice).datagram("b").datagram("c", twice);
  receiver.start();
  io.poll();
  CHECK(hop_limits == std::vector<int>{1, 0, 1});
  CHECK(receiver.counters().metadata_duplicate == 2);
}

TEST_CASE("the kernel's total of drops is in the counters") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.layout = ancillary::layout_id::linux_64});
  const auto drops = [](std::uint32_t total) {
    return control<ancillary::layouts::linux_64>(
        [&](auto& builder) { builder.dropped_total(total); });
  };
  receiver.traffic().datagram("a", drops(3)).datagram("b", drops(7)).datagram("c");
  receiver.start();
  io.poll();
  CHECK(receiver.counters().kernel_drops == 7);
}

TEST_CASE("broadcast and multicast follow the system's flags") {
  asio::io_context io;
  std::vector<flags> said;
  scripted_receiver receiver(io, [&](const packet& p) { said.push_back(flags_of(p)); });
  receiver.traffic()
      .datagram("a", {}, slot_flag::broadcast)
      .datagram("b", {}, slot_flag::multicast);
  receiver.start();
  io.poll();
  CHECK(said ==
        std::vector<flags>{{false, false, false, true, false}, {false, false, false, false, true}});
}

TEST_CASE("without flags, broadcast and multicast follow the destination") {
  using ancillary::ip_address;
  asio::io_context io;
  std::vector<flags> said;
  scripted_receiver receiver(io, [&](const packet& p) { said.push_back(flags_of(p)); },
                             {.layout = ancillary::layout_id::linux_64});
  const auto to = [](ip_address destination, ip_address local) {
    return control<ancillary::layouts::linux_64>(
        [&](auto& builder) { builder.destination(destination, 1, local); });
  };
  const ip_address host = ip_address::v4({10, 0, 0, 1});
  receiver.traffic()
      .datagram("one host", to(host, host))
      .datagram("directed broadcast", to(ip_address::v4({10, 0, 0, 255}), host))
      .datagram("limited broadcast", to(ip_address::v4({255, 255, 255, 255}), host))
      .datagram("group", to(ip_address::v4({239, 1, 2, 3}), host))
      .datagram("v6 group", to(ip_address::v6({0xff, 2}), {}))
      .datagram("v6 host", to(ip_address::v6({0x20, 1}), {}))
      .datagram("unknown");
  receiver.start();
  io.poll();
  const flags none{false, false, false, false, false};
  const flags broadcast{false, false, false, true, false};
  const flags multicast{false, false, false, false, true};
  CHECK(said == std::vector<flags>{none, broadcast, broadcast, multicast, multicast, none, none});
}

TEST_CASE("counters continue across stop and start") {
  asio::io_context io;
  scripted_receiver receiver(io, [](const packet&) {}, {.shape = each_shape()});
  receiver.traffic().datagrams(3);
  receiver.start();
  io.poll();
  receiver.stop();
  io.poll();
  io.restart();
  receiver.traffic().datagrams(4);
  receiver.start();
  io.poll();
  CHECK(receiver.counters().datagrams == 7);
}

TEST_CASE("each datagram has its own metadata") {
  asio::io_context io;
  std::vector<int> seen;
  std::vector<int> expected;
  scripted_receiver receiver(io,
                             [&](const packet& p) {
                               const auto octet = p.metadata().traffic_class();
                               seen.push_back(p.metadata().hop_limit().value_or(0) * 1000 +
                                              (octet ? octet->value : 999));
                             },
                             {.batch = 16, .granted = {field::hop_limit}, .shape = each_shape()});
  unsigned random = 12345;
  for (int i = 0; i < 500; ++i) {
    random = random * 1664525 + 1013904223;
    const auto value = static_cast<std::uint8_t>(random >> 24);
    const auto family = (random & 0x100) != 0 ? ip_family::v4 : ip_family::v6;
    const bool ttl_first = (random & 0x200) != 0;
    const bool with_octet = (random & 0xc00) != 0;
    receiver.traffic().datagram("x", control([&](auto& builder) {
                                  if (with_octet && !ttl_first) {
                                    builder.traffic_class({value}, family);
                                  }
                                  builder.hop_limit(static_cast<std::uint8_t>(i), family);
                                  if (with_octet && ttl_first) {
                                    builder.traffic_class({value}, family);
                                  }
                                }));
    expected.push_back((i % 256) * 1000 + (with_octet ? value : 999));
  }
  receiver.start();
  io.poll();
  CHECK(seen == expected);
  CHECK(receiver.counters().metadata_missing == 0);
}
