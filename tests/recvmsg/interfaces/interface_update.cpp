// Which changes follow from two lists, and which interfaces a choice means.
#include "interfaces/interface_update.hpp"

#include "support/catch.hpp"
#include <ancillary/recvmsg/interface_choice.hpp>

#include <string>
#include <vector>

using ancillary::address_state;
using ancillary::interface_choice;
using ancillary::ip_address;
using ancillary::network_interface;
using ancillary::detail::changes_of;

namespace {

network_interface made(std::uint32_t index, const char* name) {
  network_interface result;
  result.index = index;
  result.name = name;
  return result;
}

std::vector<std::string> names(const std::vector<const network_interface*>& all) {
  std::vector<std::string> names;
  for (const auto* const each : all) {
    names.push_back(each->name);
  }
  return names;
}

// "-e0" is gone, "+e0" is new, "e0>e1" has changed.
std::vector<std::string> changes(const std::vector<network_interface>& before,
                                 const std::vector<network_interface>& now,
                                 const std::vector<std::uint32_t>& removed = {}) {
  std::vector<std::string> all;
  for (const auto& each : changes_of({before, now, removed})) {
    all.push_back(each.before == nullptr  ? "+" + each.after->name
                  : each.after == nullptr ? "-" + each.before->name
                                          : each.before->name + ">" + each.after->name);
  }
  return all;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("interface changes: removals come before additions") {
  const std::vector<network_interface> before{made(1, "lo"), made(2, "e0"), made(3, "e1")};
  CHECK(changes(before, before).empty());
  CHECK(changes({}, before) == texts{"+lo", "+e0", "+e1"});
  CHECK(changes(before, {}) == texts{"-lo", "-e0", "-e1"});
  CHECK(changes(before, {made(1, "lo"), made(4, "e0"), made(3, "e1")}) == texts{"-e0", "+e0"});
  CHECK(changes(before, {made(1, "lo"), made(2, "wan"), made(3, "e1")}) == texts{"e0>wan"});
}

TEST_CASE("interface changes: the same index can be another interface") {
  const std::vector<network_interface> before{made(1, "lo"), made(2, "e0")};
  CHECK(changes(before, before, {2}) == texts{"-e0", "+e0"});
  CHECK(changes(before, {made(1, "lo")}, {2, 9}) == texts{"-e0"});
  CHECK(changes({made(1, "lo")}, before, {2}) == texts{"+e0"});
}

TEST_CASE("interface changes: an address is gained when it becomes usable, and lost after that") {
  const auto first = ip_address::v4({10, 0, 0, 1});
  const auto second = ip_address::v4({10, 0, 0, 2});
  auto before = made(2, "e0");
  before.addresses = {{first, 24, address_state::usable}, {second, 24, address_state::tentative}};
  auto after = before;
  after.addresses = {{second, 24, address_state::usable}};
  const ancillary::interface_change change{&before, &after};
  CHECK(change.gained_addresses() == std::vector{second});
  CHECK(change.lost_addresses() == std::vector{first});
  CHECK(ancillary::interface_change{nullptr, &before}.gained_addresses() == std::vector{first});
  CHECK(ancillary::interface_change{&before, nullptr}.lost_addresses() == std::vector{first});
  CHECK(ancillary::interface_change{&before, &before}.lost_addresses().empty());
}

TEST_CASE("interface choice: a name comes before an index, an index before an address") {
  std::vector<network_interface> all{made(7, "e0"), made(8, "7"), made(9, "10.0.0.1")};
  all[0].other_names = {"wan", "enp1s0"};
  all[0].addresses = {{ip_address::v4({10, 0, 0, 1}), 24}};
  all[1].addresses = {{ip_address::v4({10, 0, 0, 2}), 24}, {ip_address::v4({10, 0, 0, 3}), 24}};
  all[2].addresses = {{ip_address::v4({10, 0, 0, 2}), 24}};
  CHECK(names(interface_choice("e0").in(all)) == texts{"e0"});
  CHECK(names(interface_choice("enp1s0").in(all)) == texts{"e0"});
  CHECK(names(interface_choice("7").in(all)) == texts{"7"});
  CHECK(names(interface_choice(7).in(all)) == texts{"e0"});
  CHECK(names(interface_choice("9").in(all)) == texts{"10.0.0.1"});
  CHECK(names(interface_choice("10.0.0.1").in(all)) == texts{"10.0.0.1"});
  CHECK(names(interface_choice(ip_address::v4({10, 0, 0, 1})).in(all)) == texts{"e0"});
  CHECK(names(interface_choice("10.0.0.2").in(all)) == texts{"7", "10.0.0.1"});
  CHECK(names(interface_choice("::ffff:10.0.0.3").in(all)) == texts{"7"});
  for (const interface_choice& none :
       {interface_choice("e1"), interface_choice(""), interface_choice(0), interface_choice(-1),
        interface_choice(std::uint64_t{1} << 32), interface_choice("10.0.0.9")}) {
    CHECK(none.in(all).empty());
  }
}

TEST_CASE("interface choice: its text is what was given") {
  CHECK(interface_choice("e0").text() == "e0");
  CHECK(interface_choice(7).text() == "7");
  CHECK(interface_choice(asio::ip::make_address("fe80::1%3")).text() == "fe80::1");
}

TEST_CASE("network_interface: a link-local endpoint has the interface as its scope") {
  auto e0 = made(7, "e0");
  const auto link_local = ip_address::from_string("fe80::1").value();
  CHECK(e0.endpoint(link_local, 9).address().to_v6().scope_id() == 7);
  CHECK(e0.endpoint(ip_address::from_string("fd00::1").value(), 9).address().to_v6().scope_id() ==
        0);
  CHECK(e0.endpoint(ip_address::v4({10, 0, 0, 1}), 9) ==
        asio::ip::udp::endpoint(asio::ip::make_address("10.0.0.1"), 9));
}

TEST_CASE("network_interface: only usable addresses count as usable") {
  auto e0 = made(7, "e0");
  e0.addresses = {{ip_address::v4({10, 0, 0, 1}), 24, address_state::duplicate}};
  CHECK_FALSE(e0.has_usable_address(ancillary::ip_family::v4));
  e0.addresses.push_back({ip_address::v4({10, 0, 0, 2}), 24, address_state::usable});
  CHECK(e0.has_usable_address(ancillary::ip_family::v4));
  CHECK_FALSE(e0.has_usable_address(ancillary::ip_family::v6));
  CHECK(to_string(e0) == "7 e0 mtu 0 10.0.0.1/24 (duplicate) 10.0.0.2/24");
}
