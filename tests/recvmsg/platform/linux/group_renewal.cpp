// When the network has to hear again of a membership, and what becomes of refusals and lost events.
#include "group_lab.hpp"

#include <array>
#include <cstdint>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace option_tests;

namespace {

const auto group4 = make_address("239.77.15.5");
const char* const kernel_group4 = "050F4DEF";

// Sees the IGMP reports on a link of host C.
class report_catcher {
public:
  report_catcher(const lab& host, const char* link) {
    host.in('C', [&] {
      socket_ = ::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_IP));
      sockaddr_ll address{};
      address.sll_family = AF_PACKET;
      address.sll_protocol = htons(ETH_P_IP);
      address.sll_ifindex = static_cast<int>(::if_nametoindex(link));
      REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    });
  }
  report_catcher(const report_catcher&) = delete;
  report_catcher& operator=(const report_catcher&) = delete;
  ~report_catcher() { ::close(socket_); }

  // Whether a report with the group came from this address, among those that have arrived.
  [[nodiscard]] bool has_report_from(const asio::ip::address_v4& source) {
    std::array<std::uint8_t, 2048> packet{};
    for (;;) {
      const ssize_t bytes = ::recv(socket_, packet.data(), packet.size(), 0);
      if (bytes < 0) {
        return false;
      }
      constexpr std::uint8_t igmp = 2;
      const auto group = group4.to_v4().to_bytes();
      const auto end = packet.begin() + bytes;
      if (packet[9] == igmp &&
          std::equal(packet.begin() + 12, packet.begin() + 16, source.to_bytes().begin()) &&
          std::search(packet.begin() + 20, end, group.begin(), group.end()) != end) {
        return true;
      }
    }
  }

private:
  int socket_ = -1;
};

} // namespace

TEST_CASE("group_membership: the first address of an interface is announced to the network") {
  lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  NEEDS_LAB(host);
  host.settle();
  report_catcher reports(host, "p0");
  member_on_s v4(host, udp::v4());
  REQUIRE(v4.groups->join(group4, {.interfaces = {"e0"}}) == 1);
  REQUIRE(ancillary_test::run_until(
      v4.io, [&] { return reports.has_report_from(asio::ip::address_v4::any()); }));
  host.address('S', "e0", "10.15.0.1/24");
  REQUIRE(v4.sees(membership_event::renewed, "e0"));
  CHECK(ancillary_test::run_until(
      v4.io, [&] { return reports.has_report_from(asio::ip::make_address_v4("10.15.0.1")); }));
  host.address('S', "e0", "10.15.0.9/24"); // another one
  host.ip('S', "link set e0 mtu 1400\n");  // and an event that ends the wait
  REQUIRE(ancillary_test::run_until(v4.io, [&] { return v4.interface("e0")->mtu_bytes == 1400; }));
  CHECK(v4.count(membership_event::renewed, "e0") == 1);
}

TEST_CASE("group_membership: renewed when the link carries datagrams again") {
  lab host("SC");
  host.sysctl('S', "net/ipv4/igmp_qrv", "1"); // the kernel does not repeat a report
  host.wire('S', "e0", 'C', "p0");
  host.address('S', "e0", "10.15.0.1/24");
  NEEDS_LAB(host);
  host.settle();
  report_catcher reports(host, "p0");
  member_on_s v4(host, udp::v4());
  const auto is_reported = [&] {
    return reports.has_report_from(asio::ip::make_address_v4("10.15.0.1"));
  };
  REQUIRE(v4.groups->join(group4, {.interfaces = {"e0"}}) == 1);
  REQUIRE(ancillary_test::run_until(v4.io, is_reported));
  host.ip('C', "link set p0 down\n");
  REQUIRE(ancillary_test::run_until(v4.io, [&] { return !v4.interface("e0")->is_running; }));
  CHECK(v4.log.size() == 1); // joined
  host.ip('C', "link set p0 up\n");
  REQUIRE(v4.sees(membership_event::renewed, "e0"));
  CHECK(ancillary_test::run_until(v4.io, is_reported));
}

TEST_CASE("group_membership: renewed after an interruption that was over before the next list") {
  lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  host.address('S', "e0", "10.15.0.1/24 fd15::1/64");
  NEEDS_LAB(host);
  host.settle();
  const auto is_running = [&] {
    return host.in('S', [] {
      return ancillary::interface_choice("e0")
          .in(ancillary::list_network_interfaces())
          .front()
          ->is_running;
    });
  };
  SECTION("of the link") {
    member_on_s v4(host, udp::v4());
    REQUIRE(v4.groups->join(group4, {.interfaces = {"e0"}}) == 1);
    host.ip('C', "link set p0 down\n");
    REQUIRE(ancillary_test::poll_until([&] { return !is_running(); }));
    host.ip('C', "link set p0 up\n");
    REQUIRE(ancillary_test::poll_until(is_running));
    REQUIRE(v4.sees(membership_event::renewed, "e0"));
    CHECK(v4.log.size() == 2); // joined, renewed
  }
  SECTION("of IPv6, by the MTU: the kernel's membership ended") {
    member_on_s v6(host, udp::v6());
    REQUIRE(v6.groups->join(make_address("ff15::4d0f:5"), {.interfaces = {"e0"}}) == 1);
    const char* const kernel_group6 = "ff15000000000000000000004d0f0005";
    host.ip('S', "link set e0 mtu 1200\nlink set e0 mtu 1500\n");
    REQUIRE(members_of(host, "igmp6", kernel_group6) == 0);
    REQUIRE(v6.sees(membership_event::renewed, "e0"));
    CHECK(members_of(host, "igmp6", kernel_group6) == 1);
  }
  SECTION("of IPv4, by the MTU, which only the loopback interface can have") {
    member_on_s v4(host, udp::v4());
    REQUIRE(v4.groups->join(group4, {.interfaces = {"lo"}}) == 1);
    host.ip('S', "link set lo mtu 60\nlink set lo mtu 65536\n");
    REQUIRE(members_of(host, "igmp", kernel_group4) == 0);
    REQUIRE(v4.sees(membership_event::renewed, "lo"));
    CHECK(members_of(host, "igmp", kernel_group4) == 1);
  }
}

TEST_CASE("group_membership: a limit is reported with its name, and tried again") {
  lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  host.wire('S', "e1", 'C', "p1");
  host.sysctl('S', "net/ipv4/igmp_max_memberships", "1");
  NEEDS_LAB(host);
  member_on_s v4(host, udp::v4());
  CHECK(v4.groups->join(group4, {.interfaces = {"e0", "e1"}}) == 1);
  REQUIRE(v4.log.size() == 2);
  CHECK(v4.log[1].event == membership_event::refused);
  CHECK(to_string(v4.log[1]) ==
        "refused 239.77.15.5 on e1: IP_ADD_MEMBERSHIP (net.ipv4.igmp_max_memberships limits the "
        "groups of a socket): No buffer space available (ENOBUFS 105)");
  CHECK(v4.groups->memberships()[1].error.value() == ENOBUFS);
  v4.groups->retry();
  CHECK(v4.log.size() == 2); // the same error is not repeated
  SECTION("room by an interface that goes") {
    host.ip('S', "link delete e0\n");
    REQUIRE(v4.sees(membership_event::joined, "e1"));
  }
  SECTION("a higher limit") {
    host.sysctl('S', "net/ipv4/igmp_max_memberships", "2");
    v4.groups->retry();
    CHECK(v4.count(membership_event::joined, "e1") == 1);
  }
}

TEST_CASE("group_membership: the limit of sources is reported with its name") {
  lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  host.sysctl('S', "net/ipv4/igmp_max_msf", "1");
  NEEDS_LAB(host);
  member_on_s v4(host, udp::v4());
  const auto group = make_address("232.77.15.5");
  v4.groups->join(group, {.interfaces = {"e0"}, .source = make_address("10.15.0.2")});
  v4.groups->join(group, {.interfaces = {"e0"}, .source = make_address("10.15.0.3")});
  REQUIRE(v4.log.size() == 2);
  CHECK(v4.log[1].event == membership_event::refused);
  CHECK_THAT(to_string(v4.log[1]),
             Catch::Matchers::ContainsSubstring(
                 "refused 232.77.15.5 from 10.15.0.3 on e0: IP_ADD_SOURCE_MEMBERSHIP "
                 "(net.ipv4.igmp_max_msf"));
}

TEST_CASE("group_membership: a group is joined for sources or for any source, not for both") {
  lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  host.address('S', "e0", "10.15.0.1/24");
  host.address('C', "p0", "10.15.0.2/24");
  NEEDS_LAB(host);
  member_on_s v4(host, udp::v4());
  const ancillary::group_options from_any{.interfaces = {"e0"}};
  const ancillary::group_options from_one{.interfaces = {"e0"},
                                          .source = make_address("10.15.0.2")};
  const bool any_comes_first = GENERATE(false, true);
  CAPTURE(any_comes_first);
  const auto& first = any_comes_first ? from_any : from_one;
  const auto& second = any_comes_first ? from_one : from_any;
  const auto sources = [&] { return members_of(host, "mcfilter", "0xef4d0f05 0x0a0f0002"); };
  REQUIRE(v4.groups->join(group4, first) == 1);
  CHECK(v4.groups->join(group4, second) == 0);
  CHECK(v4.count(membership_event::refused, "e0") == 1);
  CHECK_THAT(v4.log.back().reason, Catch::Matchers::ContainsSubstring("EADDRINUSE"));
  CHECK(members_of(host, "igmp", kernel_group4) == 1);
  CHECK(sources() == (any_comes_first ? 0 : 1));
  v4.groups->leave(group4, second.source); // it is not a member so
  CHECK(members_of(host, "igmp", kernel_group4) == 1);
  CHECK(v4.receives(group4, "p0"));
  REQUIRE(v4.groups->join(group4, second) == 0);
  v4.groups->leave(group4, first.source);
  CHECK(v4.log.back().event == membership_event::joined); // the other one
  CHECK(members_of(host, "igmp", kernel_group4) == 1);
  CHECK(sources() == (any_comes_first ? 1 : 0));
  CHECK(v4.receives(group4, "p0"));
  v4.groups->leave(group4, second.source);
  CHECK(v4.groups->memberships().empty());
  CHECK(members_of(host, "igmp", kernel_group4) == 0);
}

const char* const make_e0 = "link add e0 index 77 type veth peer name e1\nlink set e0 up\n";

// More events than the watch's buffer holds, then those of an e0 that is another one.
void replace_e0_unseen(lab& host) {
  std::string noise = "link add d0 type veth peer name d1\n";
  for (int i = 0; i != 1500; ++i) {
    const std::string address = "10." + std::to_string(i / 250) + '.' + std::to_string(i % 250);
    noise += "address add " + address + ".1/32 dev d0\n";
  }
  host.ip('S', noise + "link delete e0\n" + make_e0);
}

TEST_CASE("group_membership: after lost events the memberships are renewed") {
  lab host("SC");
  host.ip('S', make_e0);
  NEEDS_LAB(host);
  member_on_s v4(host, udp::v4());
  REQUIRE(v4.groups->join(group4, {.interfaces = {"e0"}}) == 1);
  replace_e0_unseen(host);
  NEEDS_LAB(host);
  REQUIRE(members_of(host, "igmp", kernel_group4) == 0);
  REQUIRE(v4.sees(membership_event::renewed, "e0"));
  CHECK(members_of(host, "igmp", kernel_group4) == 1);
  CHECK(v4.count(membership_event::left, "e0") == 0); // the event for it was lost
}

TEST_CASE("group_membership: after lost events each source of a group is renewed") {
  lab host("SC");
  host.ip('S', make_e0);
  NEEDS_LAB(host);
  member_on_s v4(host, udp::v4());
  for (const char* const source : {"10.15.0.2", "10.15.0.3"}) {
    REQUIRE(v4.groups->join(group4, {.interfaces = {"e0"}, .source = make_address(source)}) == 1);
  }
  REQUIRE(members_of(host, "mcfilter", "0xef4d0f05") == 2);
  replace_e0_unseen(host);
  NEEDS_LAB(host);
  REQUIRE(members_of(host, "igmp", kernel_group4) == 0);
  REQUIRE(v4.sees(membership_event::renewed, "e0"));
  CHECK(v4.count(membership_event::renewed, "e0") == 2);
  CHECK(members_of(host, "igmp", kernel_group4) == 1);
  CHECK(members_of(host, "mcfilter", "0xef4d0f05") == 2);
}
