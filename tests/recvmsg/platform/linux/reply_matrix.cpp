// Replies reach their client from the requested address, for all kinds of addresses and routes: the
// table of send/reply_rules.hpp, cell by cell.

#include "lab_server.hpp"
#include "support/catch.hpp"

#include <string_view>
#include <vector>

using namespace option_tests;

namespace {

bool is_v6(const lab_question& each) {
  return std::string_view(each.to).find(':') != std::string_view::npos;
}

// Each request to each kind of socket that supports it.
void check_answers(const lab& in, const std::vector<lab_question>& questions) {
  for (const listens on : {listens::v4, listens::v6, listens::dual_stack}) {
    lab_server server(in, 'S', on);
    std::uint64_t asked = 0;
    for (const lab_question& each : questions) {
      if (is_v6(each) ? on == listens::v4 : on == listens::v6) {
        continue;
      }
      INFO(name_of(on) << ": " << each.from << " asks " << each.to);
      CHECK(ask(in, each, server.port(), std::chrono::seconds(2)) == "?");
      ++asked;
    }
    const auto counted = server.settled_counters(asked);
    CHECK(counted.datagrams == asked);
    CHECK(counted.without_source + counted.without_interface + counted.refused + counted.errors ==
          0);
  }
}

// S with two links to C.
void two_links(lab& to) {
  to.wire('S', "e0", 'C', "p0");
  to.wire('S', "e1", 'C', "p1");
}

// C has an address to which S has a route by one link only, behind either.
void two_uplinks(lab& to) {
  two_links(to);
  to.address('S', "e0", "192.0.2.1/24 2001:db8::1/64");
  to.address('S', "e1", "10.0.0.1/24 2001:db8:1::1/64");
  to.address('C', "p0", "192.0.2.2/24 2001:db8::2/64");
  to.address('C', "p1", "10.0.0.2/24 2001:db8:1::2/64");
  to.address('C', "lo", "203.0.113.9/32 2001:db8:f::9/128");
}

} // namespace

TEST_CASE("reply matrix: a client on this host with another of its addresses", "[replies]") {
  lab host("SC");
  two_links(host);
  host.address('S', "e0", "192.0.2.1/24 2001:db8::1/64");
  host.address('S', "e1", "10.0.0.1/24 2001:db8:1::1/64");
  host.settle();
  NEEDS_LAB(host);
  check_answers(host, {{'S', "10.0.0.1", "192.0.2.1"},
                       {'S', "127.0.0.1", "192.0.2.1"},
                       {'S', "192.0.2.1", "192.0.2.1"},
                       {'S', "192.0.2.1", "127.0.0.1"},
                       {'S', "192.0.2.1", "127.0.0.9"},
                       {'S', "2001:db8:1::1", "2001:db8::1"},
                       {'S', "::1", "2001:db8::1"},
                       {'S', "2001:db8::1", "2001:db8::1"},
                       {'S', "2001:db8::1", "::1"}});
}

TEST_CASE("reply matrix: two links in one subnet on one switch", "[replies]") {
  lab host("SC");
  two_links(host);
  host.ip('C', "link add name sw0 type bridge\nlink set sw0 up\n"
               "link set p0 master sw0\nlink set p1 master sw0\n");
  host.address('C', "sw0", "192.0.2.9/24 2001:db8::9/64");
  host.address('S', "e0", "192.0.2.1/24 2001:db8::1/64");
  host.address('S', "e1", "192.0.2.2/24 2001:db8::2/64");
  host.settle();
  NEEDS_LAB(host);
  check_answers(host, {{'C', "192.0.2.9", "192.0.2.1"},
                       {'C', "192.0.2.9", "192.0.2.2"},
                       {'S', "192.0.2.2", "192.0.2.1"},
                       {'C', "2001:db8::9", "2001:db8::1"},
                       {'C', "2001:db8::9", "2001:db8::2"},
                       {'S', "2001:db8::2", "2001:db8::1"}});
}

TEST_CASE("reply matrix: two separate links in one subnet", "[replies]") {
  lab host("SCD");
  host.wire('S', "e0", 'C', "p0");
  host.wire('S', "e1", 'D', "p1");
  host.address('S', "e0", "192.0.2.1/24 2001:db8::1/64");
  host.address('S', "e1", "192.0.2.2/24 2001:db8::2/64");
  host.address('C', "p0", "192.0.2.8/24 2001:db8::8/64");
  host.address('D', "p1", "192.0.2.9/24 2001:db8::9/64");
  host.settle();
  NEEDS_LAB(host);
  check_answers(host, {{'C', "192.0.2.8", "192.0.2.1"},
                       {'D', "192.0.2.9", "192.0.2.2"},
                       {'C', "2001:db8::8", "2001:db8::1"},
                       {'D', "2001:db8::9", "2001:db8::2"}});
}

TEST_CASE("reply matrix: the source address is on two links", "[replies]") {
  lab host("SCD");
  host.wire('S', "e0", 'C', "p0");
  host.wire('S', "e1", 'D', "p1");
  for (const char* const link : {"e0", "e1"}) {
    host.address('S', link, "192.0.2.1/24 2001:db8::1/64");
  }
  for (const auto& [client, link] : {std::pair{'C', "p0"}, std::pair{'D', "p1"}}) {
    host.address(client, link, "192.0.2.9/24 2001:db8::9/64");
    // Behind one router on each link, the same for both.
    host.address(client, "lo", "203.0.113.9/32 2001:db8:f::9/128");
  }
  host.ip('S', "route add 203.0.113.9 via 192.0.2.9 dev e0 metric 10\n"
               "route add 203.0.113.9 via 192.0.2.9 dev e1 metric 20\n"
               "route add 2001:db8:f::9 via 2001:db8::9 dev e0\n");
  host.settle();
  NEEDS_LAB(host);
  check_answers(host, {{'C', "192.0.2.9", "192.0.2.1"},
                       {'D', "192.0.2.9", "192.0.2.1"},
                       {'C', "203.0.113.9", "192.0.2.1"},
                       {'D', "203.0.113.9", "192.0.2.1"},
                       {'S', "127.0.0.1", "192.0.2.1"},
                       {'S', "192.0.2.1", "192.0.2.1"},
                       {'C', "2001:db8::9", "2001:db8::1"},
                       {'D', "2001:db8::9", "2001:db8::1"},
                       {'S', "::1", "2001:db8::1"},
                       {'S', "2001:db8::1", "2001:db8::1"}});
}

TEST_CASE("reply matrix: a client with a route by the other link only", "[replies]") {
  lab host("SC");
  two_uplinks(host);
  host.ip('S', "route add 203.0.113.9 via 10.0.0.2\nroute add 2001:db8:f::9 via 2001:db8:1::2\n");
  // Like a distant client, whose address no ARP request of the link names.
  host.sysctl('C', "net/ipv4/conf/all/arp_announce", "2");
  host.settle();
  NEEDS_LAB(host);
  check_answers(host, {{'C', "203.0.113.9", "192.0.2.1"},
                       {'C', "203.0.113.9", "10.0.0.1"},
                       {'C', "2001:db8:f::9", "2001:db8::1"},
                       {'C', "2001:db8:f::9", "2001:db8:1::1"}});
}

TEST_CASE("reply matrix: routing rules by source address", "[replies]") {
  lab host("SC");
  two_uplinks(host);
  host.ip('S', "route add default via 192.0.2.2 table 7\nrule add from 192.0.2.1 table 7\n"
               "route add default via 10.0.0.2 table 8\nrule add from 10.0.0.1 table 8\n");
  host.ip('S',
          "route add default via 2001:db8::2 table 7\nrule add from 2001:db8::1 table 7\n"
          "route add default via 2001:db8:1::2 table 8\nrule add from 2001:db8:1::1 table 8\n",
          true);
  host.settle();
  NEEDS_LAB(host);
  check_answers(host, {{'C', "203.0.113.9", "192.0.2.1"},
                       {'C', "203.0.113.9", "10.0.0.1"},
                       {'C', "2001:db8:f::9", "2001:db8::1"},
                       {'C', "2001:db8:f::9", "2001:db8:1::1"}});
}

TEST_CASE("reply matrix: a tunnel", "[replies]") {
  lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  host.address('S', "e0", "192.0.2.1/24");
  host.address('C', "p0", "192.0.2.2/24");
  host.ip('S', "link add t0 type vxlan id 5 local 192.0.2.1 remote 192.0.2.2 dstport 4789\n"
               "link set t0 up\n");
  host.ip('C', "link add t0 type vxlan id 5 local 192.0.2.2 remote 192.0.2.1 dstport 4789\n"
               "link set t0 up\n");
  host.address('S', "t0", "10.9.0.1/30 2001:db8:9::1/64");
  host.address('C', "t0", "10.9.0.2/30 2001:db8:9::2/64");
  host.settle();
  NEEDS_LAB(host);
  check_answers(host, {{'C', "10.9.0.2", "10.9.0.1"},
                       {'S', "192.0.2.1", "10.9.0.1"},
                       {'C', "2001:db8:9::2", "2001:db8:9::1"}});
}

TEST_CASE("reply matrix: link-local addresses on two links", "[replies]") {
  lab host("SC");
  two_links(host);
  for (const auto& [mine, theirs] : {std::pair{"e0", "p0"}, std::pair{"e1", "p1"}}) {
    host.address('S', mine, "fe80::1/64");
    host.address('C', theirs, "fe80::2/64");
  }
  host.address('S', "e0", "169.254.1.1/16");
  host.address('S', "e1", "169.254.2.1/16");
  host.address('C', "p0", "169.254.1.2/16");
  host.address('C', "p1", "169.254.2.2/16");
  host.settle();
  NEEDS_LAB(host);
  check_answers(host, {{'C', "169.254.1.2", "169.254.1.1", "p0"},
                       {'C', "169.254.2.2", "169.254.2.1", "p1"},
                       {'S', "169.254.2.1", "169.254.1.1"},
                       {'C', "fe80::2%p0", "fe80::1%p0"},
                       {'C', "fe80::2%p1", "fe80::1%p1"},
                       {'S', "fe80::1%e1", "fe80::1%e1"}});
}

TEST_CASE("reply matrix: unnumbered links with another return path", "[replies]") {
  lab host("SC");
  two_links(host);
  // Each end has one address, on lo and on all of its links; routes define the neighbours.
  for (const char* const link : {"lo", "e0", "e1"}) {
    host.address('S', link, "192.0.2.1/32");
  }
  for (const char* const link : {"lo", "p0", "p1"}) {
    host.address('C', link, "192.0.2.2/32");
  }
  host.address('S', "lo", "2001:db8::1/128");
  host.address('C', "lo", "2001:db8::2/128");
  host.address('S', "e1", "fe80::1/64");
  host.address('S', "e0", "fe80::1/64");
  host.address('C', "p0", "fe80::2/64");
  host.address('C', "p1", "fe80::2/64");
  host.ip('S', "route add 192.0.2.2 dev e1\nroute add 2001:db8::2 via fe80::2 dev e1\n");
  host.ip('C', "route add 192.0.2.1 dev p0\nroute add 2001:db8::1 via fe80::1 dev p0\n");
  // The path by e0 works in one direction only.
  host.ip('S', "neigh add 192.0.2.2 lladdr 02:00:00:00:00:01 dev e0\n");
  host.settle();
  NEEDS_LAB(host);
  check_answers(host, {{'C', "192.0.2.2", "192.0.2.1"},
                       {'S', "192.0.2.1", "192.0.2.1"},
                       {'C', "2001:db8::2", "2001:db8::1"},
                       {'S', "::1", "2001:db8::1"}});
}

TEST_CASE("reply matrix: an anycast address on lo", "[replies]") {
  lab host("SC");
  two_uplinks(host);
  host.address('S', "lo", "198.51.100.53/32 2001:db8:5::53/128");
  host.ip('S', "route add 203.0.113.9 via 10.0.0.2\nroute add 2001:db8:f::9 via 2001:db8:1::2\n");
  host.ip('C', "route add 198.51.100.53 via 192.0.2.1\nroute add 2001:db8:5::53 via 2001:db8::1\n");
  host.settle();
  NEEDS_LAB(host);
  check_answers(host, {{'C', "192.0.2.2", "198.51.100.53"},
                       {'C', "203.0.113.9", "198.51.100.53"},
                       {'S', "192.0.2.1", "198.51.100.53"},
                       {'C', "2001:db8::2", "2001:db8:5::53"},
                       {'C', "2001:db8:f::9", "2001:db8:5::53"},
                       {'S', "2001:db8::1", "2001:db8:5::53"}});
}

TEST_CASE("reply matrix: an interface in a VRF", "[replies]") {
  lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  host.ip('S', "link add v0 type vrf table 10\nlink set v0 up\nlink set e0 master v0\n");
  host.address('S', "e0", "192.0.2.1/24 2001:db8::1/64");
  host.address('C', "p0", "192.0.2.2/24 2001:db8::2/64");
  host.sysctl('S', "net/ipv4/udp_l3mdev_accept", "1");
  host.settle();
  NEEDS_LAB(host);
  check_answers(host, {{'C', "192.0.2.2", "192.0.2.1"}, {'C', "2001:db8::2", "2001:db8::1"}});
}
