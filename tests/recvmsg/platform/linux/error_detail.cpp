// The error queue across a router: each error is reported with the datagram that it is about.

#include "lab.hpp"
#include "lab_server.hpp"
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/endpoint.hpp>
#include <ancillary/recvmsg/error_detail.hpp>
#include <ancillary/recvmsg/path_mtu_cache.hpp>
#include <ancillary/recvmsg/receiver.hpp>
#include <ancillary/recvmsg/sender.hpp>
#include <ancillary/recvmsg/socket_options.hpp>

#include <cstring>
#include <string>
#include <vector>

using namespace option_tests;
using namespace ancillary_test;
using ancillary::error_origin;
using ancillary::ip_address;
using ancillary::receive_condition;

namespace {

constexpr unsigned narrow_mtu = 1280;

// A - R - B, where the link from R to B is narrow. R refuses two networks. No ICMP rate limits.
//
//   A e0  10.1.0.1/24 fd01::1/64      R r0  10.1.0.2/24 fd01::2/64
//   R r1  10.2.0.1/24 fd02::1/64      B p0  10.2.0.2/24 fd02::2/64
//   R     10.3.0.0/24 fd03::/64 prohibited, 10.4.0.0/24 fd04::/64 unreachable
class router_lab : public lab {
public:
  router_lab() : lab("ARB") {
    wire('A', "e0", 'R', "r0");
    wire('R', "r1", 'B', "p0");
    address('A', "e0", "10.1.0.1/24 fd01::1/64");
    address('R', "r0", "10.1.0.2/24 fd01::2/64");
    address('R', "r1", "10.2.0.1/24 fd02::1/64");
    address('B', "p0", "10.2.0.2/24 fd02::2/64");
    const std::string mtu = std::to_string(narrow_mtu);
    ip('A', "route add default via 10.1.0.2\n");
    ip('A', "route add default via fd01::2\n", true);
    ip('B', "link set p0 mtu " + mtu + "\nroute add default via 10.2.0.1\n");
    ip('B', "route add default via fd02::1\n", true);
    ip('R', "link set r1 mtu " + mtu +
                "\nroute add prohibit 10.3.0.0/24\nroute add unreachable 10.4.0.0/24\n");
    ip('R', "route add prohibit fd03::/64\nroute add unreachable fd04::/64\n", true);
    sysctl('R', "net/ipv4/ip_forward", "1");
    sysctl('R', "net/ipv6/conf/all/forwarding", "1");
    for (const char host : {'R', 'B'}) {
      // Not icmp_ratelimit: at 0, Linux empties at every message the same token bucket of the
      // sender from which the errors of prohibited and unreachable routes (at most five, one more a
      // second) are paid. See inet_peer_xrlim_allow and ip_error.
      sysctl(host, "net/ipv4/icmp_ratemask", "0");
      sysctl(host, "net/ipv6/icmp/ratelimit", "0");
    }
    settle();
  }
};

struct reported {
  receive_condition condition{};
  ancillary::error_detail detail{};
  std::string payload;
};

// A receiver of host A that sends and collects errors.
class probe {
public:
  probe(const lab& in, listens on) : receiver_(make(in, on)) {
    receiver_->on_error([this](const ancillary::receive_error& error) {
      path_mtus.note(error);
      if (error.detail == nullptr) {
        seen.push_back({error.condition, {}, {}});
        return;
      }
      const auto bytes = error.detail->payload;
      seen.push_back({error.condition,
                      *error.detail,
                      {reinterpret_cast<const char*>(bytes.data()), bytes.size()}});
    });
    receiver_->start();
  }

  void discover(ancillary::options::path_mtu_state how) {
    ancillary::set_option(receiver_->socket(), ancillary::options::path_mtu_discovery(how));
  }

  std::error_code send(const asio::ip::udp::endpoint& to, const std::string& payload,
                       std::optional<std::uint8_t> hop_limit = {}) {
    ancillary::sender sender(receiver_->socket().native_handle());
    ancillary::outgoing datagram;
    datagram.remote = to;
    datagram.payload = std::as_bytes(std::span(payload));
    datagram.hop_limit = hop_limit;
    std::error_code error;
    static_cast<void>(sender.send({&datagram, 1}, error));
    return error;
  }

  reported next() {
    const std::size_t before = taken_;
    if (!run_until(io_, [&] { return seen.size() > before; })) {
      return {};
    }
    return seen[taken_++];
  }

  ancillary::receive_counters counters() const { return receiver_->counters(); }
  const ancillary::metadata_report& report() const { return receiver_->metadata(); }

  std::vector<reported> seen;
  ancillary::path_mtu_cache path_mtus;

private:
  struct ignore {
    void operator()(const ancillary::packet&) const {}
  };

  std::unique_ptr<ancillary::receiver<ignore>> make(const lab& in, listens on) {
    return in.in('A', [&] {
      const auto protocol = on == listens::v4 ? asio::ip::udp::v4() : asio::ip::udp::v6();
      ancillary::receive_options options{.metadata =
                                             ancillary::require({ancillary::field::destination})};
      options.dual_stack = on == listens::dual_stack;
      options.error_detail = true;
      return std::make_unique<ancillary::receiver<ignore>>(
          io_, asio::ip::udp::endpoint(protocol, 0), ignore{}, options);
    });
  }

  asio::io_context io_;
  std::unique_ptr<ancillary::receiver<ignore>> receiver_;
  std::size_t taken_ = 0;
};

struct expectation {
  const char* name;
  const char* to;
  receive_condition condition;
  error_origin origin;
  std::uint8_t type;
  std::uint8_t code;
  const char* offender; // null: none
  std::optional<std::uint32_t> mtu = {};
  std::size_t bytes = 4;
  std::optional<std::uint8_t> hop_limit = {};
};

constexpr auto icmp = error_origin::icmp;
constexpr auto icmpv6 = error_origin::icmpv6;

const std::vector<expectation>& expectations() {
  static const std::vector<expectation> all{
      {"closed port", "10.2.0.2", receive_condition::port_unreachable, icmp, 3, 3, "10.2.0.2"},
      {"closed port", "fd02::2", receive_condition::port_unreachable, icmpv6, 1, 4, "fd02::2"},
      {"prohibited", "10.3.0.9", receive_condition::host_unreachable, icmp, 3, 13, "10.1.0.2"},
      {"prohibited", "fd03::9", receive_condition::host_unreachable, icmpv6, 1, 1, "fd01::2"},
      {"unreachable", "10.4.0.9", receive_condition::host_unreachable, icmp, 3, 1, "10.1.0.2"},
      {"unreachable", "fd04::9", receive_condition::host_unreachable, icmpv6, 1, 0, "fd01::2"},
      {"TTL", "10.2.0.2", receive_condition::hop_limit_exceeded, icmp, 11, 0, "10.1.0.2", {}, 4, 1},
      {"TTL", "fd02::2", receive_condition::hop_limit_exceeded, icmpv6, 3, 0, "fd01::2", {}, 4, 1},
      {"too long", "10.2.0.2", receive_condition::message_too_long, icmp, 3, 4, "10.1.0.2",
       narrow_mtu, 1400},
      {"too long", "fd02::2", receive_condition::message_too_long, icmpv6, 2, 0, "fd01::2",
       narrow_mtu, 1400},
  };
  return all;
}

bool is_v6(const expectation& each) { return std::strchr(each.to, ':') != nullptr; }

asio::ip::udp::endpoint remote_for(listens on, const char* address, unsigned short port) {
  const auto plain = asio::ip::make_address(address);
  if (on == listens::dual_stack && plain.is_v4()) {
    return {asio::ip::make_address_v6(asio::ip::v4_mapped, plain.to_v4()), port};
  }
  return {plain, port};
}

} // namespace

TEST_CASE("error detail: every error names its datagram, for each kind of socket",
          "[errors][replies]") {
  router_lab network;
  NEEDS_LAB(network);
  for (const listens on : {listens::v4, listens::v6, listens::dual_stack}) {
    probe socket(network, on);
    REQUIRE(socket.report().error_detail().granted);
    // Else the host would fragment what is too long for a path that it knows by then.
    socket.discover(ancillary::options::path_mtu_state::probe);
    std::uint16_t port = 40'000;
    std::size_t errors = 0;
    for (const expectation& each : expectations()) {
      if (is_v6(each) ? on == listens::v4 : on == listens::v6) {
        continue;
      }
      INFO(name_of(on) << ": " << each.name << ", " << each.to);
      const auto remote = remote_for(on, each.to, ++port);
      std::string payload = std::to_string(port);
      payload.resize(each.bytes, '.');
      REQUIRE_FALSE(socket.send(remote, payload, each.hop_limit));
      const reported error = socket.next();
      ++errors;
      CHECK(error.condition == each.condition);
      CHECK(error.detail.remote == remote);
      CHECK(error.detail.cause.origin == each.origin);
      CHECK(int{error.detail.cause.type} == int{each.type});
      CHECK(int{error.detail.cause.code} == int{each.code});
      CHECK(error.detail.cause.offender == ip_address::from_string(each.offender));
      CHECK(error.detail.cause.mtu() == each.mtu);
      CHECK(error.detail.source == ip_address::from_string(is_v6(each) ? "fd01::1" : "10.1.0.1"));
      CHECK(error.payload.substr(0, 5) == payload.substr(0, 5));
    }
    CHECK(socket.seen.size() == errors);
    std::uint64_t counted = 0;
    for (const std::uint64_t each : socket.counters().errors) {
      counted += each;
    }
    CHECK(counted == errors);
    if (on != listens::v6) {
      CHECK(socket.path_mtus.path_mtu_of(*ip_address::from_string("10.2.0.2")) == narrow_mtu);
    }
    if (on != listens::v4) {
      CHECK(socket.path_mtus.path_mtu_of(*ip_address::from_string("fd02::2")) == narrow_mtu);
    }
  }
}

TEST_CASE("error detail: a datagram that is too long for the known path MTU is a local error",
          "[errors]") {
  router_lab network;
  NEEDS_LAB(network);
  const bool v6 = GENERATE(false, true);
  CAPTURE(v6);
  const asio::ip::udp::endpoint remote(asio::ip::make_address(v6 ? "fd02::2" : "10.2.0.2"), 40'000);
  probe socket(network, v6 ? listens::v6 : listens::v4);
  socket.discover(ancillary::options::path_mtu_state::always);
  REQUIRE_FALSE(socket.send(remote, std::string(1400, '.')));
  CHECK(socket.next().detail.cause.mtu() == narrow_mtu);

  CHECK(socket.send(remote, std::string(1400, '.')) == asio::error::message_size);
  const reported error = socket.next();
  CHECK(error.condition == receive_condition::message_too_long);
  CHECK(error.detail.remote.address() == remote.address());
  CHECK(error.detail.remote.port() == (v6 ? remote.port() : 0));
  CHECK(error.detail.cause.origin == error_origin::local);
  CHECK(error.detail.cause.mtu() == narrow_mtu);
  CHECK_FALSE(error.detail.cause.offender);
  CHECK_FALSE(error.detail.source);
}

TEST_CASE("error detail: prohibited ICMPv6 datagrams in a row do not end the loop", "[errors]") {
  router_lab network;
  NEEDS_LAB(network);
  probe socket(network, listens::v6);
  constexpr std::size_t more_than_tolerated_failures = 40;
  for (std::size_t i = 0; i < more_than_tolerated_failures; ++i) {
    REQUIRE_FALSE(socket.send({asio::ip::make_address("fd03::9"), 40'000}, "x"));
    const reported error = socket.next();
    REQUIRE(error.condition == receive_condition::host_unreachable);
    REQUIRE(int{error.detail.cause.code} == 1);
  }
  CHECK(socket.counters().errors_of(receive_condition::other) == 0);
}
