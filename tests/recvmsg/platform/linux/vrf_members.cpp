// The kernel's list of links, as bytes, because not every kernel supports VRFs.

#include "platform/linux/vrf_members.hpp"

#include "lab.hpp"
#include "platform/linux/netlink.hpp"
#include "support/catch.hpp"

#include <cstring>
#include <initializer_list>
#include <linux/rtnetlink.h>
#include <string_view>

using ancillary::detail::listed_link;

namespace {

using bytes = std::vector<std::byte>;

template <class Value>
void put(bytes& to, const Value& value) {
  const auto* const from = reinterpret_cast<const std::byte*>(&value);
  to.insert(to.end(), from, from + sizeof value);
}

void pad(bytes& to) { to.resize((to.size() + 3) / 4 * 4); }

bytes attribute(unsigned short type, const bytes& value) {
  bytes made;
  put(made, rtattr{static_cast<unsigned short>(sizeof(rtattr) + value.size()), type});
  made.insert(made.end(), value.begin(), value.end());
  pad(made);
  return made;
}

bytes text(std::string_view value) {
  bytes made;
  for (const char each : value) {
    made.push_back(static_cast<std::byte>(each));
  }
  made.push_back(std::byte{0});
  return made;
}

bytes number(std::uint32_t value) {
  bytes made;
  put(made, value);
  return made;
}

bytes message(unsigned short type, int index, std::initializer_list<bytes> attributes) {
  bytes body;
  ifinfomsg link{};
  link.ifi_index = index;
  put(body, link);
  for (const bytes& each : attributes) {
    body.insert(body.end(), each.begin(), each.end());
  }
  bytes made;
  nlmsghdr head{};
  head.nlmsg_len = static_cast<std::uint32_t>(sizeof head + body.size());
  head.nlmsg_type = type;
  put(made, head);
  made.insert(made.end(), body.begin(), body.end());
  pad(made);
  return made;
}

// A VRF, one of its members, and a link without a VRF.
bytes list() {
  bytes all = message(RTM_NEWLINK, 7,
                      {attribute(IFLA_IFNAME, text("red")),
                       attribute(IFLA_LINKINFO, attribute(IFLA_INFO_KIND, text("vrf")))});
  const bytes member = message(
      RTM_NEWLINK, 8, {attribute(IFLA_IFNAME, text("e0")), attribute(IFLA_MASTER, number(7))});
  const bytes other = message(RTM_NEWLINK, 9, {attribute(IFLA_IFNAME, text("e1"))});
  all.insert(all.end(), member.begin(), member.end());
  all.insert(all.end(), other.begin(), other.end());
  return all;
}

std::vector<listed_link> links_in(const bytes& answer) {
  std::vector<listed_link> links;
  ancillary::detail::for_each_message(answer, [&](const nlmsghdr&, auto message) {
    links.push_back(ancillary::detail::read_link(message));
    return true;
  });
  return links;
}

} // namespace

TEST_CASE("vrf_members: a list of links has each link's master and the VRFs") {
  const auto links = links_in(list());
  REQUIRE(links.size() == 3);
  CHECK(links[0].index == 7);
  CHECK(links[0].is_vrf);
  CHECK(links[1].index == 8);
  CHECK(links[1].master == 7);
  CHECK_FALSE(links[1].is_vrf);
  CHECK(links[2].master == 0);
}

TEST_CASE("vrf_members: truncated and corrupted lists are harmless") {
  const bytes whole = list();
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const bytes prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK(links_in(prefix).size() <= 3);
  }
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const unsigned value : {0x00U, 0x01U, 0x7fU, 0xffU}) {
      bytes broken = whole;
      broken[i] = std::byte{static_cast<std::uint8_t>(value)};
      static_cast<void>(links_in(broken));
    }
  }
}

TEST_CASE("vrf_members: a bridge and its members are not in a VRF") {
  option_tests::lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  host.ip('S', "link add name sw0 type bridge\nlink set e0 master sw0\n");
  NEEDS_LAB(host);
  CHECK(host.in('S', [] { return ancillary::detail::vrf_members(); }).empty());
}
