// The effects of multicast options between two hosts, in both address families.
#include "between_hosts.hpp"

#include <asio/ip/v6_only.hpp>

using namespace option_tests;

TEST_CASE("multicast_hops: the value arrives, 0 keeps a datagram on its host") {
  NEEDS_TWO_HOSTS(hosts);
  for (const auto& test : both()) {
    asio::io_context io;
    inbox in(io, hosts.on_far([&] { return bound_socket(io, test.protocol); }), everything);
    ancillary::join_group(in.socket(), test.group,
                          hosts.on_far([] { return options::interface_selector("far0"); }));
    // The kernel checks for 0 only when it copies the datagram for its own host.
    auto member = bound_socket(io, test.protocol);
    ancillary::join_group(member, test.group, "near0");
    udp::socket out(io, test.protocol);
    ancillary::set_option(out, options::multicast_hops(0));
    send_on(out, index_of("near0"), "none", test.group, in.port());
    ancillary::set_option(out, options::multicast_hops(9));
    send_on(out, index_of("near0"), "nine", test.group, in.port());
    const auto* const datagram = in.wait_for("nine");
    REQUIRE(datagram != nullptr);
    CHECK(datagram->metadata.hop_limit == 9);
    CHECK_FALSE(in.has("none"));
  }
}

TEST_CASE("a group is joined and left on one interface, by name and by index") {
  NEEDS_TWO_HOSTS(hosts);
  for (const auto& test : both()) {
    asio::io_context io;
    inbox in(io, bound_socket(io, test.protocol), everything);
    auto out = hosts.on_far([&] { return udp::socket(io, test.protocol); });
    const auto far0 = hosts.on_far([] { return index_of("far0"); });
    const auto far1 = hosts.on_far([] { return index_of("far1"); });

    ancillary::join_group(in.socket(), test.group, "near0");
    send_on(out, far1, "other link", test.group, in.port());
    send_on(out, far0, "this link", test.group, in.port());
    const auto* const datagram = in.wait_for("this link");
    REQUIRE(datagram != nullptr);
    CHECK(datagram->metadata.interface_index == index_of("near0"));
    CHECK_FALSE(in.has("other link"));

    ancillary::join_group(in.socket(), test.group, index_of("near1"));
    send_on(out, far1, "both links", test.group, in.port());
    CHECK(in.wait_for("both links") != nullptr);

    ancillary::leave_group(in.socket(), test.group, index_of("near0"));
    ancillary::leave_group(in.socket(), test.group, "near1");
    send_on(out, far0, "left", test.group, in.port());
    send(out, "last", test.near_address, in.port());
    REQUIRE(in.wait_for("last") != nullptr);
    CHECK_FALSE(in.has("left"));
  }
}

TEST_CASE("a source-specific join receives one of two sources") {
  NEEDS_TWO_HOSTS(hosts);
  for (const auto& test : both()) {
    const bool v4 = test.protocol == udp::v4();
    const auto group = make_address(v4 ? "232.77.7.8" : "ff35::78");
    std::vector<options::interface_selector> choices{index_of("near0")};
    if (v4) {
      choices.emplace_back(test.near_address.to_v4()); // the form with ip_mreq_source
    }
    for (const auto& choice : choices) {
      asio::io_context io;
      inbox in(io, bound_socket(io, test.protocol), everything);
      const auto sender = [&](const asio::ip::address& from) {
        return hosts.on_far([&] {
          udp::socket socket(io, udp::endpoint(from, 0));
          ancillary::set_option(socket, options::multicast_interface("far0"));
          return socket;
        });
      };
      auto wanted = sender(test.far_address);
      auto unwanted = sender(test.far_second);

      ancillary::join_source_group(in.socket(), group, test.far_address, choice);
      send(unwanted, "unwanted", group, in.port());
      send(wanted, "wanted", group, in.port());
      REQUIRE(in.wait_for("wanted") != nullptr);
      CHECK_FALSE(in.has("unwanted"));

      ancillary::join_source_group(in.socket(), group, test.far_second, choice);
      send(unwanted, "second", group, in.port());
      CHECK(in.wait_for("second") != nullptr);

      ancillary::leave_source_group(in.socket(), group, test.far_address, choice);
      send(wanted, "left", group, in.port());
      send(unwanted, "last", group, in.port());
      REQUIRE(in.wait_for("last") != nullptr);
      CHECK_FALSE(in.has("left"));
    }
  }
}

TEST_CASE("block_source blocks one source and not another") {
  NEEDS_TWO_HOSTS(hosts);
  for (const auto& test : both()) {
    asio::io_context io;
    inbox in(io, bound_socket(io, test.protocol), everything);
    const auto sender = [&](const asio::ip::address& from) {
      return hosts.on_far([&] {
        udp::socket socket(io, udp::endpoint(from, 0));
        ancillary::set_option(socket, options::multicast_interface("far0"));
        return socket;
      });
    };
    auto first = sender(test.far_address);
    auto second = sender(test.far_second);
    const options::interface_selector on =
        test.protocol == udp::v4() ? options::interface_selector(test.near_address.to_v4())
                                   : options::interface_selector(index_of("near0"));
    ancillary::join_group(in.socket(), test.group, on);
    ancillary::set_option(in.socket(), options::block_source(test.group, test.far_address, on));
    send(first, "blocked", test.group, in.port());
    send(second, "not blocked", test.group, in.port());
    REQUIRE(in.wait_for("not blocked") != nullptr);
    CHECK_FALSE(in.has("blocked"));
    ancillary::set_option(in.socket(), options::unblock_source(test.group, test.far_address, on));
    send(first, "unblocked", test.group, in.port());
    CHECK(in.wait_for("unblocked") != nullptr);
  }
}

TEST_CASE("multicast datagrams leave by the chosen interface") {
  NEEDS_TWO_HOSTS(hosts);
  for (const auto& test : both()) {
    asio::io_context io;
    inbox in(io, hosts.on_far([&] { return bound_socket(io, test.protocol); }), everything);
    const auto far0 = hosts.on_far([] { return index_of("far0"); });
    const auto far1 = hosts.on_far([] { return index_of("far1"); });
    ancillary::join_group(in.socket(), test.group, far0);
    ancillary::join_group(in.socket(), test.group, far1);
    udp::socket out(io, test.protocol);
    const auto arrives_by = [&](const options::interface_selector& choice,
                                const std::string& payload) {
      ancillary::set_option(out, options::multicast_interface(choice));
      send(out, payload, test.group, in.port());
      const auto* const datagram = in.wait_for(payload);
      return datagram == nullptr ? 0 : datagram->metadata.interface_index.value_or(0);
    };
    CHECK(arrives_by("near0", "name 0") == far0);
    CHECK(arrives_by("near1", "name 1") == far1);
    CHECK(arrives_by(index_of("near0"), "index") == far0);
    if (test.protocol == udp::v4()) {
      CHECK(arrives_by(asio::ip::make_address_v4("10.77.1.1"), "address") == far1);
    }
  }
}

TEST_CASE("multicast_loop controls delivery on the sending host") {
  NEEDS_TWO_HOSTS(hosts);
  for (const auto& test : both()) {
    asio::io_context io;
    inbox here(io, bound_socket(io, test.protocol), everything);
    inbox there(io, hosts.on_far([&] { return bound_socket(io, test.protocol, here.port()); }),
                everything);
    ancillary::join_group(here.socket(), test.group, "near0");
    ancillary::join_group(there.socket(), test.group,
                          hosts.on_far([] { return index_of("far0"); }));
    udp::socket out(io, test.protocol);
    ancillary::set_option(out, options::multicast_loop(false));
    send_on(out, index_of("near0"), "off", test.group, here.port());
    ancillary::set_option(out, options::multicast_loop(true));
    send_on(out, index_of("near0"), "on", test.group, here.port());
    REQUIRE(here.wait_for("on") != nullptr);
    CHECK_FALSE(here.has("off"));
    CHECK(there.wait_for("off") != nullptr);
  }
}

TEST_CASE("an IPv4 group can be joined on a dual-stack socket") {
  NEEDS_TWO_HOSTS(hosts);
  asio::io_context io;
  udp::socket socket(io, udp::v6());
  socket.set_option(asio::ip::v6_only(false));
  socket.bind({udp::v6(), 0});
  inbox in(io, std::move(socket), everything);
  const auto group = make_address("239.77.7.9");
  ancillary::join_group(in.socket(), group, "near0");
  auto out = hosts.on_far([&] { return udp::socket(io, udp::v4()); });
  send_on(out, hosts.on_far([] { return index_of("far0"); }), "mapped", group, in.port());
  CHECK(in.wait_for("mapped") != nullptr);
}
