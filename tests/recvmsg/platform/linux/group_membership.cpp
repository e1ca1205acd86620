// Groups that survive their interfaces, between two hosts.
#include "group_lab.hpp"

#include <chrono>
#include <iostream>

using namespace option_tests;

namespace {

const auto group4 = make_address("239.77.15.5");
const auto group6 = make_address("ff15::4d0f:5");
const char* const kernel_group4 = "050F4DEF"; // /proc/net/igmp, in host byte order
const char* const kernel_group6 = "ff15000000000000000000004d0f0005";

void make_link(lab& host) {
  host.wire('S', "e0", 'C', "p0");
  host.address('S', "e0", "10.15.0.1/24 fd15::1/64");
  host.address('C', "p0", "10.15.0.2/24 fd15::2/64");
}

// Whether the socket still has an entry for the group on an interface that is gone.
bool has_entry(udp::socket& socket, const asio::ip::address& group, std::uint32_t index) {
  std::error_code error;
  ancillary::leave_group(socket, group, index, error);
  return !error;
}

// The times are for the reader: a test must not depend on how busy the machine is.
void print(const char* what, std::vector<std::chrono::nanoseconds> times) {
  std::sort(times.begin(), times.end());
  const auto in_ms = [](auto time) {
    return std::chrono::duration<double, std::milli>(time).count();
  };
  std::cout << what << ": median " << in_ms(times[times.size() / 2]) << " ms, longest "
            << in_ms(times.back()) << " ms" << std::endl;
}

} // namespace

TEST_CASE("group_membership: a link that is made and deleted 100 times is joined each time") {
  lab host("SC");
  make_link(host);
  NEEDS_LAB(host);
  member_on_s v4(host, udp::v4());
  member_on_s v6(host, udp::v6());
  const auto source = make_address("10.15.0.2");
  const auto ssm_group = make_address("232.15.0.5");
  v4.groups->join(group4, {.interfaces = {"e0"}});
  v4.groups->join(ssm_group, {.interfaces = {"e0"}, .source = source});
  v6.groups->join(group6, {.interfaces = {"e0"}});
  std::vector<std::uint32_t> indices;
  std::vector<std::chrono::nanoseconds> until_joined;
  std::vector<std::chrono::nanoseconds> until_received;
  for (int cycle = 0; cycle != 100; ++cycle) {
    CAPTURE(cycle);
    if (cycle != 0) {
      make_link(host);
    }
    host.settle();
    REQUIRE(host.missing().empty());
    indices.push_back(index_of(host, 'S', "e0"));
    const auto usable = std::chrono::steady_clock::now();
    REQUIRE(v4.is_member_again("e0", indices.back()));
    REQUIRE(v6.is_member_again("e0", indices.back()));
    until_joined.push_back(std::chrono::steady_clock::now() - usable);
    REQUIRE(v4.receives(group4, "p0"));
    REQUIRE(v6.receives(group6, "p0"));
    until_received.push_back(std::chrono::steady_clock::now() - usable);
    REQUIRE(v4.receives(ssm_group, "p0"));
    host.ip('S', "link delete e0\n");
  }
  REQUIRE(ancillary_test::run_until(v4.io, [&] { return !v4.is_on("e0"); }));
  REQUIRE(ancillary_test::run_until(v6.io, [&] { return !v6.is_on("e0"); }));
  CHECK(v4.count(membership_event::joined, "e0") == 200);
  CHECK(v4.count(membership_event::left, "e0") == 200);
  CHECK(v4.count(membership_event::refused, "e0") == 0);
  CHECK(v6.count(membership_event::refused, "e0") == 0);
  for (const std::uint32_t index : indices) {
    CHECK_FALSE(has_entry(v4.socket(), group4, index));
    CHECK_FALSE(has_entry(v4.socket(), ssm_group, index));
    CHECK_FALSE(has_entry(v6.socket(), group6, index));
  }
  CHECK(members_of(host, "igmp", kernel_group4) == 0);
  CHECK(members_of(host, "igmp6", kernel_group6) == 0);
  print("usable link until joined, two sockets", until_joined);
  print("usable link until received, two sockets", until_received);
}

TEST_CASE("group_membership: a name means the interface that has it") {
  lab host("SC");
  make_link(host);
  NEEDS_LAB(host);
  member_on_s v4(host, udp::v4());
  CHECK(v4.groups->join(group4, {.interfaces = {"wan"}}) == 0);
  host.ip('S', "link set e0 name wan\n");
  REQUIRE(v4.sees(membership_event::joined, "wan"));
  CHECK(v4.receives(group4, "p0"));
  host.ip('S', "link set wan name lan\n");
  REQUIRE(v4.sees(membership_event::left, "wan"));
  CHECK(members_of(host, "igmp", kernel_group4) == 0);
  host.ip('S', "link property add dev lan altname wan\n");
  REQUIRE(v4.sees(membership_event::joined, "lan"));
  CHECK(v4.receives(group4, "p0"));
}

TEST_CASE("group_membership: an index is followed through a rename") {
  lab host("SC");
  make_link(host);
  NEEDS_LAB(host);
  member_on_s v4(host, udp::v4());
  CHECK(v4.groups->join(group4, {.interfaces = {index_of(host, 'S', "e0")}}) == 1);
  host.ip('S', "link set e0 name wan\n");
  REQUIRE(ancillary_test::run_until(v4.io, [&] { return v4.is_on("wan"); }));
  CHECK(v4.log.size() == 1);
  CHECK(v4.receives(group4, "p0"));
}

TEST_CASE("group_membership: an interface that returns with the same index is joined anew") {
  lab host("SC");
  NEEDS_LAB(host);
  const std::string make = "link add e0 index 77 type veth peer name e1\nlink set e0 up\n";
  host.ip('S', make);
  const bool is_ssm = GENERATE(false, true);
  CAPTURE(is_ssm);
  member_on_s v4(host, udp::v4());
  const auto source = is_ssm ? std::optional(make_address("10.15.0.2")) : std::nullopt;
  REQUIRE(v4.groups->join(group4, {.interfaces = {"e0"}, .source = source}) == 1);
  host.ip('S', "link delete e0\n" + make);
  NEEDS_LAB(host);
  // The kernel's membership went with the old interface; the socket's entry hides it.
  REQUIRE(members_of(host, "igmp", kernel_group4) == 0);
  REQUIRE(v4.sees(membership_event::left, "e0"));
  CHECK(v4.count(membership_event::joined, "e0") == 2);
  CHECK(members_of(host, "igmp", kernel_group4) == 1);
  v4.groups->leave(group4, source);
  CHECK_FALSE(has_entry(v4.socket(), group4, 77));
}

TEST_CASE("group_membership: an address means the interface that has it") {
  lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  host.wire('S', "e1", 'C', "p1");
  host.address('C', "p0", "10.15.0.2/24");
  host.address('C', "p1", "10.15.0.3/24");
  NEEDS_LAB(host);
  member_on_s v4(host, udp::v4());
  CHECK(v4.groups->join(group4, {.interfaces = {make_address("10.15.0.1")}}) == 0);
  host.address('S', "e0", "10.15.0.1/24");
  REQUIRE(v4.sees(membership_event::joined, "e0"));
  host.settle();
  CHECK(v4.receives(group4, "p0"));
  host.ip('S', "address delete 10.15.0.1/24 dev e0\naddress add 10.15.0.1/24 dev e1\n");
  REQUIRE(v4.sees(membership_event::left, "e0"));
  REQUIRE(v4.sees(membership_event::joined, "e1"));
  CHECK(v4.receives(group4, "p1"));
  CHECK(members_of(host, "igmp", kernel_group4) == 1);
}

TEST_CASE("group_membership: without a choice, on every interface that delivers multicast") {
  lab host("SC");
  make_link(host);
  host.ip('S', "link add br0 type bridge\nlink set e0 master br0\nlink set br0 up\n"
               "address add 10.15.1.1/24 dev br0\n");
  NEEDS_LAB(host);
  host.settle();
  member_on_s v4(host, udp::v4());
  // Not on e0, whose datagrams arrive at the bridge, and not on the loopback interface.
  CHECK(v4.groups->join(group4) == 1);
  CHECK(v4.is_on("br0"));
  CHECK(v4.receives(group4, "p0"));
  host.ip('S', "link set e0 nomaster\n");
  REQUIRE(v4.sees(membership_event::joined, "e0"));
  CHECK(v4.receives(group4, "p0"));
  host.ip('S', "link delete e0\nlink delete br0\n");
  REQUIRE(v4.sees(membership_event::left, "e0"));
  REQUIRE(v4.sees(membership_event::left, "br0"));
  CHECK(v4.groups->memberships().empty());
  CHECK(members_of(host, "igmp", kernel_group4) == 0);
}

// A link on e0 and one on p0, which come and go with them.
void stack_and_delete(lab& host, const std::string& kind) {
  make_link(host);
  host.ip('S', "link add link e0 name top type " + kind + "\n");
  host.ip('C', "link add link p0 name ptop type " + kind + "\n");
  NEEDS_LAB(host);
  member_on_s v4(host, udp::v4());
  CHECK(v4.groups->join(group4, {.interfaces = {"top"}}) == 0); // it is down
  host.ip('S', "link set top up\n");
  host.ip('C', "link set ptop up\naddress add 10.15.5.2/24 dev ptop\n");
  host.settle();
  REQUIRE(v4.sees(membership_event::joined, "top"));
  CHECK(v4.receives(group4, "ptop"));
  host.ip('S', "link delete e0\n"); // and what is on top of it
  REQUIRE(v4.sees(membership_event::left, "top"));
  CHECK(members_of(host, "igmp", kernel_group4) == 0);
}

TEST_CASE("group_membership: a VLAN on top of a link that goes") {
  lab host("SC");
  stack_and_delete(host, "vlan id 5");
}

TEST_CASE("group_membership: a second link layer address on top of a link that goes") {
  lab host("SC");
  stack_and_delete(host, "macvlan mode bridge");
}

TEST_CASE("group_membership: leaves an interface that is down, joins it when it is up") {
  lab host("SC");
  make_link(host);
  NEEDS_LAB(host);
  member_on_s v6(host, udp::v6());
  REQUIRE(v6.groups->join(group6, {.interfaces = {"e0"}}) == 1);
  host.ip('S', "link set e0 down\n");
  REQUIRE(v6.sees(membership_event::left, "e0"));
  CHECK(v6.groups->memberships().empty());
  v6.log.clear();
  host.ip('S', "link set e0 up\n");
  host.settle();
  REQUIRE(v6.sees(membership_event::joined, "e0"));
  CHECK(v6.receives(group6, "p0"));
}

TEST_CASE("group_membership: an MTU that removes IPv6 ends the membership, until it is larger") {
  lab host("SC");
  make_link(host);
  NEEDS_LAB(host);
  host.settle();
  member_on_s v6(host, udp::v6());
  REQUIRE(v6.groups->join(group6, {.interfaces = {"e0"}}) == 1);
  host.ip('S', "link set e0 mtu 1200\n");
  REQUIRE(v6.sees(membership_event::left, "e0"));
  v6.log.clear();
  host.ip('S', "link set e0 mtu 1500\n");
  REQUIRE(v6.sees(membership_event::joined, "e0"));
  CHECK(members_of(host, "igmp6", kernel_group6) == 1);
  CHECK(v6.count(membership_event::refused, "e0") == 0);
}

TEST_CASE("group_membership: leave() and destruction leave the groups, stop() does not") {
  lab host("SC");
  make_link(host);
  NEEDS_LAB(host);
  member_on_s v4(host, udp::v4());
  const auto other = make_address("239.77.15.6");
  REQUIRE(v4.groups->join(group4, {.interfaces = {"e0"}}) == 1);
  REQUIRE(v4.groups->join(other, {.interfaces = {"e0"}}) == 1);
  CHECK(v4.groups->join(other, {.interfaces = {"10.15.0.1"}}) == 0); // the same interface
  v4.groups->leave(other);
  CHECK(v4.count(membership_event::left, "e0") == 1);
  CHECK(members_of(host, "igmp", "060F4DEF") == 0);
  CHECK(members_of(host, "igmp", kernel_group4) == 1);
  v4.groups->stop();
  CHECK(members_of(host, "igmp", kernel_group4) == 1);
  CHECK(v4.groups->join(other, {.interfaces = {"e0"}}) == 0);
  v4.groups.reset();
  CHECK(members_of(host, "igmp", kernel_group4) == 0);
}

TEST_CASE("group_membership: takes over a membership that the socket has already") {
  lab host("SC");
  make_link(host);
  NEEDS_LAB(host);
  member_on_s v4(host, udp::v4());
  const auto e0 = index_of(host, 'S', "e0");
  ancillary::join_group(v4.socket(), group4, e0);
  CHECK(v4.groups->join(group4, {.interfaces = {"e0"}}) == 1);
  v4.groups->leave(group4);
  CHECK_FALSE(has_entry(v4.socket(), group4, e0));
}

TEST_CASE("group_membership: the callback can join, leave and destroy") {
  lab host("SC");
  make_link(host);
  NEEDS_LAB(host);
  member_on_s v4(host, udp::v4());
  const auto other = make_address("239.77.15.6");
  std::vector<std::string> seen;
  v4.groups->on_change([&](const ancillary::membership_change& change) {
    seen.push_back(to_string(change));
    if (change.of.group == group4) {
      v4.groups->join(other, {.interfaces = {"e0"}});
    } else {
      v4.groups.reset();
    }
  });
  v4.groups->join(group4, {.interfaces = {"e0"}});
  CHECK_FALSE(v4.groups);
  CHECK(seen == std::vector<std::string>{"joined 239.77.15.5 on e0", "joined 239.77.15.6 on e0"});
  CHECK(members_of(host, "igmp", kernel_group4) == 0);
}

TEST_CASE("group_membership: what cannot be joined at all is an exception") {
  asio::io_context io;
  udp::socket socket(io, udp::v4());
  group_membership groups(socket);
  CHECK_THROWS_AS(groups.join(make_address("192.0.2.1")), std::out_of_range);
  CHECK_THROWS_AS(groups.join(group4, {.source = make_address("::1")}), std::out_of_range);
  CHECK_THROWS_AS(groups.join(group4, {.source = make_address("239.1.1.1")}), std::out_of_range);
  CHECK_THROWS_AS(groups.join(group6), std::system_error);
  CHECK(groups.memberships().empty());
}
