// Replies between two hosts with several addresses and two links: their source address, their link
// and their IP header.

#include "between_hosts.hpp"
#include <ancillary/recvmsg/receiver.hpp>

#include <asio/ip/v6_only.hpp>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

using namespace option_tests;

namespace {

struct answer {
  udp::endpoint from;
  std::string by; // the link
  int hop_limit = 0;
  int traffic_class = 0;
};

// Echoes every request; a wildcard-bound socket on the far host.
struct far_server {
  far_server(const two_hosts& hosts, asio::io_context& io, udp protocol,
             ancillary::receive_options options = {})
      : receiver(
            hosts.on_far([&] { return open(io, protocol); }),
            [this](const ancillary::packet& request) { request.reply(request.payload(), reply); },
            with_metadata(options)) {
    receiver.start();
  }
  [[nodiscard]] unsigned short port() const { return receiver.local_endpoint().port(); }

  ancillary::reply_options reply{};
  ancillary::receiver<std::function<void(const ancillary::packet&)>> receiver;

private:
  static udp::socket open(asio::io_context& io, udp protocol) {
    udp::socket socket(io, protocol);
    if (protocol == udp::v6()) {
      socket.set_option(asio::ip::v6_only(false));
    }
    socket.set_option(udp::socket::broadcast(true));
    socket.bind({protocol, 0});
    return socket;
  }
  static ancillary::receive_options with_metadata(ancillary::receive_options options) {
    options.metadata = ancillary::require({field::destination});
    return options;
  }
};

std::string name_of(std::uint32_t link) {
  return link == index_of("near0") ? "near0" : link == index_of("near1") ? "near1" : "neither";
}

udp::socket bound_to(asio::io_context& io, const asio::ip::address& address) {
  return {io, udp::endpoint(address, 0)};
}

answer answer_of(const delivered& reply) {
  return {reply.remote, name_of(reply.metadata.interface_index.value_or(0)),
          reply.metadata.hop_limit.value_or(0),
          reply.metadata.traffic_class.value_or(ancillary::traffic_class{}).value};
}

// Sends a request to `to` from `client`, by the route's link or the given one. The socket is
// connected, so that the system drops datagrams from any other address.
std::optional<answer> ask(asio::io_context& io, const asio::ip::address& client,
                          const udp::endpoint& to, const char* link = nullptr,
                          std::chrono::milliseconds limit = ancillary_test::patience) {
  udp::socket socket = bound_to(io, client);
  if (link != nullptr) {
    ancillary::set_option(socket, options::unicast_interface(link));
  }
  socket.connect(to);
  inbox in(io, std::move(socket), everything);
  in.socket().send(asio::buffer("?", 1));
  const auto* const reply = in.wait_for("?", limit);
  return reply == nullptr ? std::nullopt : std::optional(answer_of(*reply));
}

} // namespace

TEST_CASE("IPv4: a reply leaves from the requested address, and by its interface on request",
          "[replies]") {
  NEEDS_TWO_HOSTS(hosts);
  const udp protocol = GENERATE(udp::v4(), udp::v6()); // dual-stack: mapped addresses
  asio::io_context io;
  far_server server(hosts, io, protocol);
  server.reply.by_interface = ancillary::interface_use::always;
  // The far host's route to 10.77.8.8 is always by far0; to the others by their own link.
  for (const char* const client : {"10.77.0.1", "10.77.0.11", "10.77.1.1", "10.77.8.8"}) {
    for (const char* const asked :
         {"10.77.0.2", "10.77.0.3", "10.77.1.2", "10.77.1.3", "10.77.9.9"}) {
      for (const char* const link : {"near0", "near1"}) {
        INFO(client << " asks " << asked << " by " << link);
        const auto got = ask(io, make_address(client), {make_address(asked), server.port()}, link);
        REQUIRE(got);
        CHECK(got->from.address() == make_address(asked));
        CHECK(got->by == link);
      }
    }
  }
  const auto counted = server.receiver.reply_counters();
  CHECK(counted.datagrams == 40);
  CHECK(counted.without_source + counted.without_interface + counted.source_unknown == 0);
}

TEST_CASE("IPv6: a reply leaves from the requested address", "[replies]") {
  NEEDS_TWO_HOSTS(hosts);
  asio::io_context io;
  far_server server(hosts, io, udp::v6());
  for (const char* const client : {"fd77::1", "fd77::11", "fd78::1", "fd7a::8"}) {
    for (const char* const asked : {"fd77::2", "fd77::3", "fd78::2", "fd78::3", "fd79::9"}) {
      INFO(client << " asks " << asked);
      const auto got = ask(io, make_address(client), {make_address(asked), server.port()});
      REQUIRE(got);
      CHECK(got->from.address() == make_address(asked));
    }
  }
  const auto counted = server.receiver.reply_counters();
  CHECK(counted.datagrams == 20);
  CHECK(counted.without_source + counted.without_interface + counted.source_unknown == 0);
}

TEST_CASE("Linux IPv6: the requested interface is used if a routing rule selects it", "[replies]") {
  NEEDS_TWO_HOSTS(hosts);
  asio::io_context io;
  far_server server(hosts, io, udp::v6());
  server.reply.by_interface = ancillary::interface_use::always;
  const auto link_of_reply = [&] {
    const auto got = ask(io, make_address("fd7a::8"), {make_address("fd78::2"), server.port()});
    return got && got->from.address() == make_address("fd78::2") ? got->by : "none";
  };
  // A datagram with a source is routed regardless of the interface: the better route wins.
  CHECK(link_of_reply() == "near0");
  const char* const heed = "ip -6 route add fd7a::8 via fd78::1 dev far1 table 78 && "
                           "ip -6 rule add oif far1 table 78";
  REQUIRE(hosts.on_far([&] { return std::system(heed); }) == 0);
  CHECK(link_of_reply() == "near1");
  server.reply.by_interface = ancillary::interface_use::where_needed;
  CHECK(link_of_reply() == "near0");
}

TEST_CASE(
    "by default the routes choose the interface; keep_source false: the client drops the reply",
    "[replies]") {
  NEEDS_TWO_HOSTS(hosts);
  asio::io_context io;
  far_server server(hosts, io, udp::v4());
  const auto got =
      ask(io, make_address("10.77.8.8"), {make_address("10.77.1.2"), server.port()}, "near1");
  REQUIRE(got);
  CHECK(got->from.address() == make_address("10.77.1.2"));
  CHECK(got->by == "near0");
  server.reply.keep_source = false;
  CHECK_FALSE(ask(io, make_address("10.77.0.1"), {make_address("10.77.0.3"), server.port()},
                  nullptr, std::chrono::milliseconds(200)));
  CHECK(server.receiver.reply_counters().datagrams == 2);
}

TEST_CASE("replies to link-local peers leave on their link", "[replies]") {
  NEEDS_TWO_HOSTS(hosts);
  asio::io_context io;
  far_server server(hosts, io, udp::v6());
  server.reply.by_interface =
      GENERATE(ancillary::interface_use::always, ancillary::interface_use::where_needed,
               ancillary::interface_use::never);
  asio::ip::address_v6 client = make_address("fe80::1").to_v6();
  asio::ip::address_v6 asked = make_address("fe80::2").to_v6();
  client.scope_id(index_of("near1"));
  asked.scope_id(index_of("near1"));
  const auto got = ask(io, client, {asked, server.port()});
  REQUIRE(got);
  CHECK(got->by == "near1");
}

TEST_CASE("a reply to multicast or broadcast has a unicast source and keeps the interface",
          "[replies]") {
  NEEDS_TWO_HOSTS(hosts);
  asio::io_context io;
  const udp protocol = GENERATE(udp::v4(), udp::v6());
  far_server server(hosts, io, protocol);
  const bool v4 = protocol == udp::v4();
  const char* const group = v4 ? "239.77.7.7" : "ff15::77";
  const auto far1 = hosts.on_far([] { return index_of("far1"); });
  ancillary::join_group(server.receiver.socket(), make_address(group), far1);
  const auto ask_all = [&](const char* to, const char* client, const char* link) {
    udp::socket socket = bound_to(io, make_address(client));
    socket.set_option(udp::socket::broadcast(true));
    ancillary::set_option(socket, options::multicast_interface(index_of(link)));
    ancillary::set_option(socket, options::unicast_interface(link));
    inbox in(io, std::move(socket), everything);
    in.socket().send_to(asio::buffer("?", 1), {make_address(to), server.port()});
    const auto* const reply = in.wait_for("?");
    REQUIRE(reply != nullptr);
    return answer_of(*reply);
  };
  // The reply to an address on lo would leave by far0 if only the routes decided.
  const auto check = [&](const answer& got) {
    const auto from = got.from.address().to_string();
    CHECK((v4 ? from == "10.77.1.2" : from == "fd78::2" || from == "fd78::3"));
    CHECK(got.from.port() == server.port());
    CHECK(got.by == "near1");
  };
  if (v4) {
    for (const char* const client : {"10.77.1.1", "10.77.8.8"}) {
      check(ask_all(group, client, "near1"));
      check(ask_all("255.255.255.255", client, "near1"));
      check(ask_all("10.77.1.255", client, "near1"));
    }
  } else {
    for (const char* const client : {"fd78::1", "fd7a::8"}) {
      check(ask_all(group, client, "near1"));
    }
  }
}

TEST_CASE("each reply arrives with its hop limit, DSCP and ECN", "[replies]") {
  NEEDS_TWO_HOSTS(hosts);
  struct way {
    udp protocol;
    const char* client;
    const char* asked;
  };
  const way each = GENERATE(way{udp::v4(), "10.77.0.1", "10.77.0.3"},
                            way{udp::v6(), "10.77.0.1", "10.77.0.3"}, // mapped
                            way{udp::v6(), "fd77::1", "fd77::3"});
  asio::io_context io;
  far_server server(hosts, io, each.protocol);
  const auto asked = [&] {
    const auto got = ask(io, make_address(each.client), {make_address(each.asked), server.port()});
    REQUIRE(got);
    CHECK(got->from.address() == make_address(each.asked));
    return *got;
  };
  CHECK(asked().hop_limit == 64);
  CHECK(asked().traffic_class == 0);
  server.reply.hop_limit = 255; // GTSM, RFC 5082
  server.reply.traffic_class = ancillary::traffic_class{0xb8};
  CHECK(asked().hop_limit == 255);
  CHECK(asked().traffic_class == 0xb8);
  server.reply.ecn = ancillary::ecn_codepoint::ect1;
  CHECK(asked().traffic_class == 0xb9);
  server.reply = {};
  server.reply.ecn = ancillary::ecn_codepoint::ce;
  CHECK(asked().traffic_class == 2); // a reply sends ECT(0) instead of the network's CE
  CHECK(asked().hop_limit == 64);
}

TEST_CASE("replies on a slow link wait or are dropped, and all are counted", "[replies]") {
  NEEDS_TWO_HOSTS(hosts);
  const char* const slow = "tc qdisc add dev far0 root tbf rate 16mbit burst 1600 limit 1000000 "
                           "2>/dev/null";
  if (hosts.on_far([&] { return std::system(slow); }) != 0) {
    SKIP_BECAUSE("tc is missing, or the kernel has no token bucket filter");
  }
  constexpr std::size_t requests = 150; // fits every receive buffer
  const bool waits = GENERATE(true, false);
  asio::io_context io;
  far_server server(hosts, io, udp::v4(),
                    {.on_full_send_buffer = waits ? ancillary::full_send_buffer::wait
                                                  : ancillary::full_send_buffer::drop});
  server.receiver.socket().set_option(asio::socket_base::send_buffer_size(1));
  std::size_t answers = 0;
  udp::socket socket = bound_to(io, make_address("10.77.0.1"));
  socket.connect({make_address("10.77.0.2"), server.port()});
  const std::string payload(500, 'x');
  for (std::size_t i = 0; i < requests; ++i) {
    socket.send(asio::buffer(payload));
  }
  ancillary::receiver in(std::move(socket), [&](const ancillary::packet&) { ++answers; });
  in.start();
  const auto deadline = std::chrono::steady_clock::now() + ancillary_test::patience;
  const auto complete = [&] {
    const auto now = server.receiver.reply_counters();
    return now.datagrams + now.dropped == requests && answers == now.datagrams;
  };
  while (!complete() && std::chrono::steady_clock::now() < deadline) {
    io.run_one_for(std::chrono::milliseconds(10));
  }
  const auto now = server.receiver.reply_counters();
  CHECK(now.datagrams + now.dropped == requests);
  CHECK(answers == now.datagrams);
  CHECK(now.send_buffer_full != 0);
  CHECK(now.errors == 0);
  CHECK((waits ? now.dropped == 0 : now.dropped != 0));
}
