// The list of interfaces and its changes, on a host whose links come and go.
#include "faulty_call.hpp"
#include "lab.hpp"
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg/describe.hpp>
#include <ancillary/recvmsg/interface.hpp>
#include <ancillary/recvmsg/network_interfaces.hpp>

#include <algorithm>
#include <asio/io_context.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace option_tests;
using namespace ancillary_test;
using ancillary::address_state;
using ancillary::ip_address;
using ancillary::network_interface;
using ancillary::network_interfaces;
using ancillary::detail::system_calls;

namespace {

using change = std::pair<std::optional<network_interface>, std::optional<network_interface>>;

class watched_host {
public:
  explicit watched_host(const lab& host) {
    host.in('S', [&] { interfaces.emplace(io); });
    interfaces->on_change([this](const ancillary::interface_change& each) {
      const auto copy = [](const network_interface* of) {
        return of == nullptr ? std::nullopt : std::optional(*of);
      };
      changes.emplace_back(copy(each.before), copy(each.after));
      gained.push_back(each.gained_addresses());
      lost.push_back(each.lost_addresses());
    });
  }

  // Waits until the interface exists and is so.
  [[nodiscard]] bool sees(const std::string& name,
                          const std::function<bool(const network_interface&)>& is_so) {
    return run_until(io, [&] {
      const auto found = interfaces->find(name);
      return !found.empty() && is_so(*found.front());
    });
  }

  asio::io_context io;
  std::optional<network_interfaces> interfaces;
  std::vector<change> changes;
  std::vector<std::vector<ip_address>> gained;
  std::vector<std::vector<ip_address>> lost;
};

ip_address address(const char* text) { return ip_address::from_string(text).value(); }

} // namespace

TEST_CASE("network_interfaces: lists flags, names and addresses of each interface") {
  lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  host.address('S', "e0", "10.15.0.1/24 fd15::1/64");
  host.ip('S',
          "link add br0 type bridge\nlink add e1 type veth peer name e2\nlink set e1 master br0\n"
          "link property add dev e0 altname another\nlink set e0 mtu 1400\n");
  NEEDS_LAB(host);
  host.settle();
  const auto all = host.in('S', [] { return ancillary::list_network_interfaces(); });
  const auto named = [&](const char* name) {
    const auto found = ancillary::interface_choice(name).in(all);
    REQUIRE(found.size() == 1);
    return *found.front();
  };
  const auto lo = named("lo");
  CHECK(lo.is_loopback);
  CHECK_FALSE(lo.has_multicast);
  CHECK(lo.mtu_bytes == 65536);
  const auto e0 = named("another");
  CHECK(e0.name == "e0");
  CHECK(e0.index == host.in('S', [] { return ancillary::interface_index("e0"); }));
  CHECK(e0.is_up);
  CHECK(e0.is_running);
  CHECK(e0.has_multicast);
  CHECK(e0.has_ipv4);
  CHECK(e0.has_ipv6);
  CHECK_FALSE(e0.is_port);
  CHECK(e0.mtu_bytes == 1400);
  REQUIRE(e0.find(address("10.15.0.1")) != nullptr);
  CHECK(e0.find(address("10.15.0.1"))->prefix_bits == 24);
  CHECK(e0.find(address("fd15::1"))->prefix_bits == 64);
  CHECK(e0.find(address("10.15.0.2")) == nullptr);
  CHECK(named("10.15.0.1") == e0);
  CHECK(named("fd15::1") == e0);
  CHECK(named(std::to_string(e0.index).c_str()) == e0);
  CHECK(named("e1").is_port);
  CHECK_FALSE(named("e1").is_up);
  CHECK_FALSE(named("br0").is_port);
  CHECK(to_string(e0).starts_with(std::to_string(e0.index) +
                                  " e0 up running multicast mtu 1400 10.15.0.1/24 fd15::1/64"));
}

TEST_CASE("network_interfaces: reports what is added, changed, renamed and removed") {
  lab host("S");
  NEEDS_LAB(host);
  watched_host watched(host);
  host.ip('S', "link add e0 type veth peer name p0\n");
  REQUIRE(watched.sees("e0", [](const auto&) { return true; }));
  const auto added = std::ranges::find_if(
      watched.changes, [](const change& each) { return each.second && each.second->name == "e0"; });
  REQUIRE(added != watched.changes.end());
  CHECK_FALSE(added->first);
  host.ip('S', "link set e0 up\naddress add 10.15.0.1/24 dev e0\n");
  REQUIRE(watched.sees("e0", [](const auto& e0) { return e0.find(address("10.15.0.1")); }));
  CHECK(watched.gained.back() == std::vector{address("10.15.0.1")});
  host.ip('S', "address delete 10.15.0.1/24 dev e0\n");
  REQUIRE(watched.sees("e0", [](const auto& e0) { return !e0.find(address("10.15.0.1")); }));
  CHECK(watched.lost.back() == std::vector{address("10.15.0.1")});
  host.ip('S', "link set e0 name e9\n");
  REQUIRE(watched.sees("e9", [](const auto&) { return true; }));
  CHECK(std::ranges::any_of(watched.changes, [](const change& each) {
    return each.first && each.second && each.first->name == "e0" && each.second->name == "e9";
  }));
  host.ip('S', "link delete e9\n");
  REQUIRE(run_until(watched.io, [&] { return watched.interfaces->find("e9").empty(); }));
  CHECK(std::ranges::any_of(watched.changes, [](const change& each) {
    return !each.second && each.first->name == "e9";
  }));
}

TEST_CASE("network_interfaces: one that came back with the same index was removed and added") {
  lab host("S");
  host.ip('S', "link add e0 index 77 type veth peer name p0\n");
  NEEDS_LAB(host);
  watched_host watched(host);
  host.ip('S', "link delete e0\nlink add e0 index 77 type veth peer name p0\n");
  const auto times = [&](bool removed) {
    return std::ranges::count_if(watched.changes, [&](const change& each) {
      return removed ? !each.second && each.first->index == 77
                     : !each.first && each.second->index == 77;
    });
  };
  REQUIRE(run_until(watched.io, [&] { return times(false) == 1; }));
  CHECK(times(true) == 1);
}

TEST_CASE("network_interfaces: leaving a bridge is no removal") {
  lab host("S");
  host.ip('S',
          "link add br0 type bridge\nlink add e0 type veth peer name p0\nlink set e0 master br0\n");
  NEEDS_LAB(host);
  watched_host watched(host);
  REQUIRE(watched.interfaces->find("e0").front()->is_port);
  host.ip('S', "link set e0 nomaster\n");
  REQUIRE(watched.sees("e0", [](const auto& e0) { return !e0.is_port; }));
  for (const auto& [before, after] : watched.changes) {
    CHECK(before);
    CHECK(after);
  }
}

TEST_CASE("network_interfaces: an address is tentative until no other host has it") {
  lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  host.sysctl('S', "net/ipv6/conf/e0/accept_dad", "1");
  NEEDS_LAB(host);
  host.settle();
  watched_host watched(host);
  const auto is_so = [&](const char* text, address_state state) {
    return watched.sees("e0", [&](const network_interface& e0) {
      const auto* const found = e0.find(address(text));
      return found != nullptr && found->state == state;
    });
  };
  // While its link carries nothing, e0 cannot ask whether another host has the address.
  host.ip('C', "link set p0 down\n");
  REQUIRE(watched.sees("e0", [](const auto& e0) { return !e0.is_running; }));
  host.ip('S', "address add fd15::1/64 dev e0\n");
  REQUIRE(is_so("fd15::1", address_state::tentative));
  host.ip('C', "link set p0 up\n");
  REQUIRE(is_so("fd15::1", address_state::usable));
  host.address('C', "p0", "fd15::7/64");
  host.ip('S', "address add fd15::7/64 dev e0\n");
  NEEDS_LAB(host);
  REQUIRE(is_so("fd15::7", address_state::duplicate));
  std::vector<ip_address> gained;
  for (const auto& each : watched.gained) {
    gained.insert(gained.end(), each.begin(), each.end());
  }
  CHECK(std::ranges::count(gained, address("fd15::1")) == 1);
  CHECK(std::ranges::count(gained, address("fd15::7")) == 0);
}

TEST_CASE("network_interfaces: keeps its executor running until it is stopped") {
  asio::io_context io;
  network_interfaces interfaces(io);
  CHECK(io.poll() == 0);
  CHECK_FALSE(io.stopped());
  interfaces.stop();
  io.run(); // returns
  CHECK_FALSE(interfaces.all().empty());
}

TEST_CASE("network_interfaces: a callback can throw, and can destroy the object") {
  lab host("S");
  NEEDS_LAB(host);
  watched_host watched(host);
  int calls = 0;
  watched.interfaces->on_change([&](const ancillary::interface_change&) {
    if (++calls == 1) {
      throw std::runtime_error("out of the callback");
    }
    watched.interfaces.reset();
  });
  host.ip('S', "link add e0 type veth peer name p0\n");
  CHECK_THROWS_WITH(watched.io.run(), "out of the callback");
  host.ip('S', "link add e1 type veth peer name e2\n");
  REQUIRE(run_until(watched.io, [&] { return !watched.interfaces; }));
  CHECK(calls == 2);
}

TEST_CASE("network_interfaces: set-up fails at any system call, with its error", "[faults]") {
  asio::io_context io;
  std::error_code error;
  SECTION("no socket") {
    const int at = GENERATE(1, 2);
    const faulty_call<&system_calls::socket> fault({.at = at, .error = EMFILE});
    network_interfaces interfaces(io, error);
    CHECK(error.value() == EMFILE);
    CHECK(fault.faults() == 1);
  }
  SECTION("no events") {
    const faulty_call<&system_calls::bind> fault({.at = 1, .error = EPERM});
    network_interfaces interfaces(io, error);
    CHECK(error.value() == EPERM);
    CHECK(fault.faults() == 1);
  }
  SECTION("no list") {
    const faulty_call<&system_calls::send> fault({.at = 1, .error = ENOBUFS});
    network_interfaces interfaces(io, error);
    CHECK(error.value() == ENOBUFS);
    CHECK(interfaces.all().empty());
    CHECK(fault.faults() == 1);
  }
  SECTION("as an exception") {
    const faulty_call<&system_calls::recvmsg> fault({.at = 1, .error = ENOMEM});
    CHECK_THROWS_WITH(network_interfaces(io),
                      Catch::Matchers::ContainsSubstring("cannot watch the network interfaces") &&
                          Catch::Matchers::ContainsSubstring("ENOMEM"));
  }
  io.run(); // nothing keeps it running
  CHECK_FALSE(network_interfaces(io).all().empty());
}

TEST_CASE("network_interfaces: a list that fails later is reported and tried again", "[faults]") {
  lab host("S");
  NEEDS_LAB(host);
  watched_host watched(host);
  std::vector<int> errors;
  watched.interfaces->on_error([&](const auto& error) { errors.push_back(error.value()); });
  host.ip('S', "link add e0 type veth peer name p0\n");
  SECTION("for want of memory") {
    const faulty_call<&system_calls::send> fault({.at = 1, .error = ENOBUFS});
    REQUIRE(watched.sees("e0", [](const auto&) { return true; }));
    CHECK(errors == std::vector{ENOBUFS});
  }
  SECTION("in the middle of a list") {
    // Its second part; the calls before the request read events, however many there are.
    std::optional<faulty_call<&system_calls::recvmsg>> fault;
    const faulty_call<&system_calls::send> request(
        {.at = 1, .before = [&] { fault.emplace(fault_plan{.at = 2, .error = ENOMEM}); }});
    REQUIRE(watched.sees("e0", [](const auto&) { return true; }));
    CHECK(fault->faults() == 1);
    CHECK(errors == std::vector{ENOMEM});
  }
}

TEST_CASE("network_interfaces: a watch that fails is replaced", "[faults]") {
  lab host("S");
  NEEDS_LAB(host);
  watched_host watched(host);
  host.ip('S', "link add e0 type veth peer name p0\n");
  {
    const faulty_call<&system_calls::recvmsg> fault({.at = 1, .error = EBADF});
    // The new watch belongs to the network of the thread.
    REQUIRE(host.in('S', [&] { return watched.sees("e0", [](const auto&) { return true; }); }));
    CHECK(fault.faults() == 1);
  }
  host.ip('S', "link add e1 type veth peer name e2\n");
  CHECK(watched.sees("e1", [](const auto&) { return true; }));
}
