// Which events about links tell of an interruption.
#include "platform/linux/link_history.hpp"

#include "support/catch.hpp"

#include <cstring>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <optional>
#include <string>
#include <vector>

using ancillary::network_interface;
using ancillary::detail::link_history;

namespace {

constexpr unsigned running = IFF_UP | IFF_RUNNING;

std::vector<std::byte> event(unsigned flags, std::optional<std::uint32_t> mtu_bytes = 1500) {
  ifinfomsg head{};
  head.ifi_index = 7;
  head.ifi_flags = flags;
  const rtattr attribute{RTA_LENGTH(sizeof(std::uint32_t)), IFLA_MTU};
  std::vector<std::byte> made(sizeof head + (mtu_bytes ? attribute.rta_len : 0));
  std::memcpy(made.data(), &head, sizeof head);
  if (mtu_bytes) {
    std::memcpy(made.data() + sizeof head, &attribute, sizeof attribute);
    std::memcpy(made.data() + sizeof head + sizeof attribute, &*mtu_bytes, sizeof *mtu_bytes);
  }
  return made;
}

network_interface link(bool is_running) {
  network_interface made;
  made.index = 7;
  made.mtu_bytes = 1500;
  made.is_running = is_running;
  return made;
}

// "4", "6", "46" or "".
std::string interrupted(link_history& links, unsigned flags,
                        std::optional<std::uint32_t> mtu_bytes = 1500) {
  const auto found = links.changed(event(flags, mtu_bytes));
  CHECK((!found || found->index == 7));
  return found ? std::string(found->of_ipv4 ? "4" : "") + (found->of_ipv6 ? "6" : "") : "";
}

} // namespace

TEST_CASE("link_history: a link that stops is interrupted, once") {
  link_history links;
  links.begin({link(true)});
  CHECK(interrupted(links, running).empty());
  CHECK(interrupted(links, IFF_UP) == "46");
  CHECK(interrupted(links, 0).empty());
  CHECK(interrupted(links, running).empty());
  CHECK(interrupted(links, IFF_RUNNING) == "46"); // switched off
}

TEST_CASE("link_history: an MTU that removes a family interrupts it") {
  link_history links;
  links.begin({link(true)});
  CHECK(interrupted(links, running, 1280).empty());
  CHECK(interrupted(links, running, 1279) == "6");
  CHECK(interrupted(links, running, 68).empty());
  CHECK(interrupted(links, running, 67) == "4");
  CHECK(interrupted(links, running, 1500).empty());
  CHECK(interrupted(links, running, 67) == "46");
  CHECK(interrupted(links, running, std::nullopt).empty()); // no word of the MTU
}

TEST_CASE("link_history: a new link is not interrupted before it comes up") {
  link_history links;
  links.begin({});
  CHECK(interrupted(links, 0).empty());
  CHECK(interrupted(links, IFF_UP).empty());
  links.begin({link(true)}); // a list that is newer than the next event
  CHECK(interrupted(links, IFF_UP).empty());
  CHECK(interrupted(links, running).empty());
  CHECK(interrupted(links, IFF_UP) == "46");
}

TEST_CASE("link_history: a link that was removed, and lost events, leave nothing behind") {
  link_history links;
  links.begin({link(true)});
  SECTION("removed") {
    links.removed(7);
    CHECK(interrupted(links, 0).empty());
  }
  SECTION("lost events") {
    links.forget();
    CHECK(interrupted(links, 0).empty());
    links.begin({link(true)}); // the list after them
    CHECK(interrupted(links, 0) == "46");
  }
}
