// Replies that must not leave, and replies whose interface no longer exists.

#include "forged.hpp"
#include "lab_server.hpp"
#include "send/reply_rules.hpp"
#include "support/catch.hpp"
#include <ancillary/recvmsg/packet.hpp>
#include <ancillary/recvmsg/sender.hpp>

#include <asio/io_context.hpp>
#include <atomic>
#include <memory>
#include <vector>

using namespace option_tests;
using asio::ip::make_address;

namespace {

struct forgery {
  const char* from;
  bool own_port; // else port 0 when `port` is 0, or `port`
  std::uint16_t port;
  const char* to;
};

bool is_v6(const forgery& each) {
  return std::string_view(each.to).find(':') != std::string_view::npos;
}

// No reply may go to any of these: the server would reply to itself, or to many hosts.
const std::vector<forgery> forgeries{
    {"192.0.2.1", true, 0, "192.0.2.1"},        // the socket itself
    {"127.0.0.1", true, 0, "192.0.2.1"},        // with another of its addresses
    {"10.0.0.1", true, 0, "192.0.2.1"},         //
    {"224.0.0.251", false, 5353, "192.0.2.1"},  // a group
    {"255.255.255.255", false, 7, "192.0.2.1"}, // all hosts
    {"192.0.2.255", false, 7, "192.0.2.1"},     // all of a subnet
    {"192.0.2.7", false, 0, "192.0.2.1"},       // port 0
    {"2001:db8::1", true, 0, "2001:db8::1"},    {"::1", true, 0, "2001:db8::1"},
    {"2001:db8:1::1", true, 0, "2001:db8::1"},  {"2001:db8::7", false, 0, "2001:db8::1"},
};

// S with an address on each of two links.
void addresses(lab& to) {
  to.wire('S', "e0", 'C', "p0");
  to.wire('S', "e1", 'C', "p1");
  to.address('S', "e0", "192.0.2.1/24 2001:db8::1/64");
  to.address('S', "e1", "10.0.0.1/24 2001:db8:1::1/64");
  to.settle();
}

// Waits for the expected datagrams, and then for unexpected ones.
void wait_for_refusals(const lab_server& server, std::uint64_t count) {
  const auto counted = server.settled_counters(count);
  CHECK(counted.refused == count);
  CHECK(counted.datagrams == 0);
}

} // namespace

TEST_CASE("a reply to the socket itself or to an unspecified, multicast or broadcast address is "
          "refused and counted",
          "[replies]") {
  lab host("SC");
  addresses(host);
  NEEDS_LAB(host);
  for (const listens on : {listens::v4, listens::v6, listens::dual_stack}) {
    lab_server server(host, 'S', on);
    std::uint64_t sent = 0;
    for (const forgery& each : forgeries) {
      if (is_v6(each) ? on == listens::v4 : on == listens::v6) {
        continue;
      }
      INFO(name_of(on) << ": from " << each.from);
      const std::uint16_t port = each.own_port ? server.port() : each.port;
      REQUIRE(host.in('S', [&] { return send_forged(each.from, port, each.to, server.port()); }));
      ++sent;
      wait_for_refusals(server, sent);
      CHECK(server.received().datagrams == sent);
    }
  }
}

TEST_CASE("a request from 0.0.0.0 with the server's own port starts no loop", "[replies]") {
  lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  host.address('S', "e0", "192.0.2.1/24");
  host.ip('C', "route add 255.255.255.255 dev p0\n");
  host.settle();
  NEEDS_LAB(host);
  for (const listens on : {listens::v4, listens::dual_stack}) {
    lab_server server(host, 'S', on);
    // Like a DHCP client, which has no address yet.
    host.in('C', [&] {
      asio::io_context io;
      asio::ip::udp::socket client(io, {asio::ip::udp::v4(), server.port()});
      client.set_option(asio::ip::udp::socket::broadcast(true));
      return client.send_to(asio::buffer("?", 1),
                            {asio::ip::address_v4::broadcast(), server.port()});
    });
    wait_for_refusals(server, 1);
    CHECK(server.received().datagrams == 1);
  }
}

TEST_CASE("to_any_remote sends a reply to any remote", "[replies]") {
  lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  host.address('S', "e0", "192.0.2.1/24");
  host.ip('C', "route add 255.255.255.255 dev p0\n");
  host.settle();
  NEEDS_LAB(host);
  std::atomic<int> refused{0};
  std::optional<ancillary::sender> out;
  // A DHCP server broadcasts its reply, because the client has no address yet.
  const auto answer = [&](const ancillary::packet& request) {
    std::error_code error;
    auto reply = reply_to(request, request.payload());
    reply.remote.address(asio::ip::address_v4::broadcast());
    refused += out->send({&reply, 1}, error) == 0 && error == ancillary::send_errc::remote_refused;
    reply = reply_to(request, request.payload(), {.to_any_remote = true});
    reply.remote.address(asio::ip::address_v4::broadcast());
    static_cast<void>(out->send({&reply, 1}, error));
  };
  lab_server server(host, 'S', listens::v4, answer);
  out.emplace(server.socket().native_handle());
  const bool answered = host.in('C', [&] {
    asio::io_context io;
    asio::ip::udp::socket client(io, {asio::ip::udp::v4(), 0});
    client.set_option(asio::ip::udp::socket::broadcast(true));
    client.send_to(asio::buffer("?", 1), {asio::ip::address_v4::broadcast(), server.port()});
    char byte = 0;
    client.receive(asio::buffer(&byte, 1));
    return byte == '?';
  });
  CHECK(answered);
  CHECK(refused == 1);
  CHECK(out->counters().refused == 1);
}

TEST_CASE("a reply leaves without its interface if that no longer exists", "[replies]") {
  for (const listens on : {listens::v4, listens::v6, listens::dual_stack}) {
    for (const bool v6 : {false, true}) {
      if (v6 ? on == listens::v4 : on == listens::v6) {
        continue;
      }
      lab host("SC");
      addresses(host);
      host.address('S', "lo", "198.51.100.53/32 2001:db8:5::53/128");
      host.address('C', "p0", "192.0.2.2/24 2001:db8::2/64");
      host.address('C', "p1", "10.0.0.2/24 2001:db8:1::2/64");
      host.address('C', "lo", "203.0.113.9/32 2001:db8:f::9/128");
      host.ip('S',
              "route add 203.0.113.9 via 192.0.2.2\nroute add 2001:db8:f::9 via 2001:db8::2\n");
      host.ip('C',
              "route add 198.51.100.53 via 10.0.0.1\nroute add 2001:db8:5::53 via 2001:db8:1::1\n");
      host.settle();
      NEEDS_LAB(host);
      CAPTURE(name_of(on), v6);
      const bool goes_down = GENERATE(false, true);
      lab_server server(host, 'S', on, [&](const ancillary::packet& request) {
        host.ip('S', goes_down ? "link set e1 down\n" : "link del e1\n");
        request.reply(request.payload(), {.by_interface = ancillary::interface_use::always});
      });
      const lab_question question = v6 ? lab_question{'C', "2001:db8:f::9", "2001:db8:5::53"}
                                       : lab_question{'C', "203.0.113.9", "198.51.100.53"};
      CHECK(ask(host, question, server.port()) == "?");
      const auto counted = server.settled_counters(1);
      CHECK(counted.datagrams == 1);
      CHECK(counted.errors == 0);
      // IPv6 ignores the interface of a datagram with a source, so an interface that is only down
      // does not matter.
      CHECK(counted.without_interface == (v6 && goes_down ? 0 : 1));
    }
  }
}

TEST_CASE("reply rules notice an address that the host gets later", "[replies]") {
  using namespace ancillary::detail;
  lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  host.address('S', "e0", "192.0.2.1/24");
  NEEDS_LAB(host);
  host.in('S', [] {
    asio::io_context io;
    asio::ip::udp::socket socket(io, {asio::ip::address_v4::any(), 0});
    // As they were before the address came.
    reply_rules rules(std::make_shared<const host_addresses>(),
                      local_address_of(socket.native_handle()));
    ancillary::outgoing reply;
    reply.is_reply = true;
    reply.remote = {make_address("192.0.2.1"), socket.local_endpoint().port()};
    CHECK_FALSE(rules.refuses(reply));
    rules.renew(socket.native_handle());
    CHECK(rules.refuses(reply));
    reply.remote = {make_address("192.0.2.255"), 7};
    CHECK(rules.refuses(reply));
  });
}
