// Interfaces and groups on a machine whose interfaces come and go (docs/windows.md, row 29).
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include "support/stand_in/stand_in.hpp"
#include <ancillary/recvmsg/group_membership.hpp>
#include <ancillary/recvmsg/network_interfaces.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <string>
#include <thread>
#include <vector>

using namespace ancillary_test;
using ancillary::address_state;
using ancillary::ip_address;
using ancillary::membership_event;
using ancillary::network_interface;
using asio::ip::make_address;
using asio::ip::udp;

namespace {

const auto group = make_address("239.77.15.5");
const auto group6 = make_address("ff15::4d0f:5");
const auto own_address = ip_address::v4({192, 0, 2, 7});

network_interface ethernet(std::uint32_t index, const char* name) {
  network_interface made;
  made.index = index;
  made.name = name;
  made.mtu_bytes = 1500;
  made.is_running = made.has_multicast = made.has_ipv4 = made.has_ipv6 = true;
  return made;
}

network_interface loopback() {
  auto made = ethernet(1, "Loopback Pseudo-Interface 1");
  made.is_loopback = true;
  return made;
}

// "joined Ethernet 2" for each change.
struct member {
  explicit member(stand_in& machine) : windows(machine) {
    groups.on_change([this](const ancillary::membership_change& change) {
      log.push_back(std::string(to_string(change.event)) + ' ' + change.of.interface_name);
      reasons.push_back(change.reason);
    });
  }

  [[nodiscard]] std::size_t memberships() {
    return windows.of(socket.native_handle()).memberships.size();
  }
  // Reports a change and waits until it has been handled: the lists of interfaces take a part of
  // the time, so that may be later.
  void change(std::uint32_t removed = 0) {
    bool handled = false;
    interfaces.on_change([&](const auto&) { handled = true; });
    windows.report_change(removed);
    CHECK(run_until(io, [&] { return handled; }));
    interfaces.on_change(nullptr);
  }

  stand_in& windows;
  asio::io_context io;
  udp::socket socket{io, udp::v6()};
  ancillary::network_interfaces interfaces{io};
  ancillary::group_membership groups{socket, interfaces};
  std::vector<std::string> log;
  std::vector<std::string> reasons;
};

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("stand-in: changes are reported on a thread of the system and handled on the executor") {
  stand_in windows(windows_profile::windows_11);
  windows.interfaces = {loopback()};
  asio::io_context io;
  {
    ancillary::network_interfaces interfaces(io);
    CHECK(windows.registrations == 2);
    REQUIRE(interfaces.all().size() == 1);
    CHECK(interfaces.all()[0].is_loopback);
    texts seen;
    interfaces.on_change([&, here = std::this_thread::get_id()](const auto& change) {
      CHECK(std::this_thread::get_id() == here);
      seen.push_back((change.after == nullptr    ? "-" + change.before->name
                      : change.before == nullptr ? "+" + change.after->name
                                                 : change.after->name) +
                     (change.gained_addresses().empty() ? "" : " usable"));
    });
    const auto handle = [&](std::uint32_t removed = 0) {
      windows.report_change(removed);
      CHECK(seen.empty());
      io.restart();
      CHECK(run_until(io, [&] { return !seen.empty(); }));
      return std::exchange(seen, {});
    };
    windows.interfaces->push_back(ethernet(7, "Ethernet 2"));
    CHECK(handle() == texts{"+Ethernet 2"});
    windows.interfaces->back().addresses = {{own_address, 24, address_state::tentative}};
    CHECK(handle() == texts{"Ethernet 2"});
    windows.interfaces->back().addresses[0].state = address_state::usable;
    CHECK(handle() == texts{"Ethernet 2 usable"});
    CHECK(interfaces.all()[1] == [&] {
      auto expected = windows.interfaces->back();
      expected.is_up = true;
      expected.other_names = interfaces.all()[1].other_names; // the real system's
      return expected;
    }());
    CHECK(handle(7) == texts{"-Ethernet 2", "+Ethernet 2 usable"}); // another one, the same index
    windows.interfaces->pop_back();
    CHECK(handle(7) == texts{"-Ethernet 2"});
    windows.report_change();
  }
  CHECK(windows.registrations == 0);
  io.restart();
  io.run(); // the last report reaches nobody
}

TEST_CASE("stand-in: stopped while a report is queued, it waits for nothing") {
  stand_in windows(windows_profile::windows_11);
  windows.interfaces = {loopback()};
  windows.now.interface_list_time = std::chrono::milliseconds(200);
  asio::io_context io;
  ancillary::network_interfaces interfaces(io);
  windows.report_change(); // the next list may be read after nine times the time of the first one
  interfaces.stop();
  io.poll();
  CHECK(io.stopped());
}

TEST_CASE("stand-in: an interface is removed when its last family is, not when one is disabled") {
  stand_in windows(windows_profile::windows_11);
  windows.now.reports_added_rows = GENERATE(true, false);
  windows.interfaces = {loopback(), ethernet(7, "Ethernet 2")};
  asio::io_context io;
  ancillary::network_interfaces interfaces(io);
  texts seen;
  interfaces.on_change([&](const auto& change) {
    seen.push_back(change.after == nullptr    ? "-" + change.before->name
                   : change.before == nullptr ? "+" + change.after->name
                                              : change.after->name);
  });
  const auto handle = [&](std::uint32_t removed = 0) {
    windows.report_change(removed);
    io.restart();
    CHECK(run_until(io, [&] { return !seen.empty(); }));
    return std::exchange(seen, {});
  };
  for (bool network_interface::*const family :
       {&network_interface::has_ipv6, &network_interface::has_ipv4}) {
    windows.interfaces->back().*family = false;
    CHECK(handle() == texts{"Ethernet 2"});
    windows.interfaces->back().*family = true;
    CHECK(handle() == texts{"Ethernet 2"});
    if (!windows.now.reports_added_rows) {
      break; // the other family is the last one then, as far as the events tell
    }
  }
  CHECK(handle(7) == texts{"-Ethernet 2", "+Ethernet 2"});
  windows.interfaces->back().has_ipv6 = false;
  CHECK(handle() == texts{"Ethernet 2"});
  CHECK(handle(7) == texts{"-Ethernet 2", "+Ethernet 2"}); // it had no other family
}

TEST_CASE("stand-in: row 29, a machine that reports no changes is asked every second") {
  stand_in windows(windows_profile::windows_11);
  windows.now.answer_to_notify_interfaces = ERROR_NOT_SUPPORTED;
  windows.interfaces = {loopback()};
  asio::io_context io;
  ancillary::network_interfaces interfaces(io);
  CHECK(windows.registrations == 0);
  windows.interfaces->push_back(ethernet(7, "Ethernet 2"));
  CHECK(run_until(io, [&] { return interfaces.all().size() == 2; }));
}

TEST_CASE("stand-in: registering for changes, or the first list, fails: the error is reported") {
  stand_in windows(windows_profile::windows_11);
  asio::io_context io;
  std::error_code error;
  SECTION("of interfaces") {
    windows.now.answer_to_notify_interfaces = ERROR_NOT_ENOUGH_MEMORY;
    ancillary::network_interfaces interfaces(io, error);
  }
  SECTION("of addresses") {
    windows.now.answer_to_notify_addresses = ERROR_NOT_ENOUGH_MEMORY;
    ancillary::network_interfaces interfaces(io, error);
  }
  SECTION("the list") {
    windows.now.interfaces_that_appear = 3;
    ancillary::network_interfaces interfaces(io, error);
    CHECK(error.value() == ERROR_BUFFER_OVERFLOW);
    error = {ERROR_NOT_ENOUGH_MEMORY, asio::error::get_system_category()};
  }
  CHECK(error.value() == ERROR_NOT_ENOUGH_MEMORY);
  CHECK(windows.registrations == 0);
}

TEST_CASE("stand-in: a group is joined on each interface that appears, and left where it goes") {
  stand_in windows(windows_profile::windows_11);
  windows.interfaces = {loopback(), ethernet(7, "Ethernet 2")};
  member m(windows);
  CHECK(m.groups.join(group) == 1);
  CHECK(m.groups.join(group6, {.interfaces = {"Wi-Fi"}}) == 0);
  windows.interfaces->push_back(ethernet(9, "Wi-Fi"));
  m.change();
  CHECK(m.log == texts{"joined Ethernet 2", "joined Wi-Fi", "joined Wi-Fi"});
  CHECK(m.memberships() == 3);
  windows.interfaces->erase(windows.interfaces->begin() + 1);
  m.change(7);
  CHECK(m.log.back() == "left Ethernet 2");
  CHECK(m.memberships() == 2);
  windows.interfaces->back().has_ipv6 = false; // disabled for the adapter
  m.change();
  CHECK(m.log.back() == "left Wi-Fi");
  CHECK(m.memberships() == 1);
}

TEST_CASE("stand-in: row 29, an interface returns with the same index, and the membership ended or "
          "stayed, either way: the socket is a member once") {
  stand_in windows(windows_profile::windows_11);
  windows.now.keeps_memberships_of_gone_interfaces = GENERATE(false, true);
  windows.now.answer_to_second_join = GENERATE(
      0u, winsock::address_in_use, winsock::address_not_available, winsock::invalid_argument);
  const auto source =
      GENERATE(std::optional<asio::ip::address>(), std::optional(make_address("192.0.2.9")));
  windows.interfaces = {loopback(), ethernet(7, "Ethernet 2")};
  member m(windows);
  REQUIRE(m.groups.join(group, {.source = source}) == 1);
  SECTION("the system says so") {
    m.change(7);
    CHECK(m.log == texts{"joined Ethernet 2", "left Ethernet 2", "joined Ethernet 2"});
  }
  SECTION("the lists say so") {
    const auto ethernet_2 = windows.interfaces->back();
    windows.interfaces->pop_back();
    m.change(7);
    windows.interfaces->push_back(ethernet_2);
    m.change();
    CHECK(m.log == texts{"joined Ethernet 2", "left Ethernet 2", "joined Ethernet 2"});
  }
  CHECK(m.memberships() == 1);
  m.groups.leave(group, source);
  CHECK(m.memberships() == 0);
}

TEST_CASE("stand-in: a membership is renewed when the cable is back and when there is an address") {
  stand_in windows(windows_profile::windows_11);
  windows.interfaces = {ethernet(7, "Ethernet 2")};
  windows.interfaces->back().is_running = false;
  member m(windows);
  REQUIRE(m.groups.join(group) == 1);
  windows.interfaces->back().is_running = true;
  m.change();
  CHECK(m.log == texts{"joined Ethernet 2", "renewed Ethernet 2"});
  windows.interfaces->back().addresses = {{own_address, 24, address_state::tentative}};
  m.change();
  CHECK(m.log.size() == 2);
  windows.interfaces->back().addresses[0].state = address_state::usable;
  m.change();
  CHECK(m.log.size() == 3);
  CHECK(m.log.back() == "renewed Ethernet 2");
  CHECK(m.memberships() == 1);
}

TEST_CASE(
    "stand-in: a family that was disabled for a moment renews the memberships of its groups") {
  stand_in windows(windows_profile::windows_11);
  windows.now.keeps_memberships_of_gone_interfaces = GENERATE(false, true);
  windows.interfaces = {ethernet(7, "Ethernet 2"), ethernet(9, "Wi-Fi")};
  member m(windows);
  REQUIRE(m.groups.join(group) == 2);
  REQUIRE(m.groups.join(group6, {.interfaces = {7}}) == 1);
  m.log.clear();
  windows.report_change(7, ancillary::ip_family::v6);
  CHECK(run_until(m.io, [&] { return !m.log.empty(); }));
  CHECK(m.log == texts{"renewed Ethernet 2"}); // the IPv6 group, not the IPv4 one
  CHECK(m.memberships() == 3);
}

TEST_CASE("stand-in: a refused group is reported, and joined when there is room") {
  stand_in windows(windows_profile::windows_11);
  windows.now.most_memberships = 1;
  windows.interfaces = {ethernet(7, "Ethernet 2"), ethernet(9, "Wi-Fi")};
  member m(windows);
  CHECK(m.groups.join(group) == 1);
  CHECK(m.log == texts{"joined Ethernet 2", "refused Wi-Fi"});
  CHECK_THAT(m.reasons.back(), Catch::Matchers::ContainsSubstring("IP_ADD_MEMBERSHIP") &&
                                   Catch::Matchers::ContainsSubstring("WSAENOBUFS 10055"));
  windows.interfaces->erase(windows.interfaces->begin());
  m.change(7);
  CHECK(m.log.back() == "joined Wi-Fi");
  CHECK(m.memberships() == 1);
}
