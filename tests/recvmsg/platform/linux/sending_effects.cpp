// The effects of sending options between two hosts, in both address families.
#include "between_hosts.hpp"

#include <algorithm>
#include <array>
#include <asio/basic_raw_socket.hpp>
#include <asio/generic/raw_protocol.hpp>
#include <asio/ip/icmp.hpp>

using namespace option_tests;

TEST_CASE("hop_limit and traffic_class arrive at another host") {
  NEEDS_TWO_HOSTS(hosts);
  for (const auto& test : both()) {
    asio::io_context io;
    inbox in(io, hosts.on_far([&] { return bound_socket(io, test.protocol); }), everything);
    udp::socket out(io, test.protocol);
    ancillary::set_option(out, options::hop_limit(37));
    ancillary::set_option(out, options::type_of_service(0xb9)); // EF, ECT(1)
    send(out, "marked", test.far_address, in.port());
    const auto* const datagram = in.wait_for("marked");
    REQUIRE(datagram != nullptr);
    CHECK(datagram->metadata.hop_limit == 37);
    REQUIRE(datagram->metadata.traffic_class);
    CHECK(datagram->metadata.traffic_class->value == 0xb9);
  }
}

TEST_CASE("unicast datagrams leave by the chosen interface") {
  NEEDS_TWO_HOSTS(hosts);
  for (const auto& test : both()) {
    asio::io_context io;
    inbox in(io, hosts.on_far([&] { return bound_socket(io, test.protocol); }), everything);
    const auto far0 = hosts.on_far([] { return index_of("far0"); });
    const auto far1 = hosts.on_far([] { return index_of("far1"); });
    udp::socket out(io, test.protocol);
    const auto arrives_by = [&](const options::interface_selector& choice,
                                const std::string& payload) {
      ancillary::set_option(out, options::unicast_interface(choice));
      send(out, payload, test.routed, in.port());
      const auto* const datagram = in.wait_for(payload);
      return datagram == nullptr ? 0 : datagram->metadata.interface_index.value_or(0);
    };
    CHECK(arrives_by({}, "route") == far0);
    CHECK(arrives_by("near1", "name") == far1);
    CHECK(arrives_by(index_of("near0"), "index") == far0);
  }
}

TEST_CASE(
    "dont_fragment: a datagram above the MTU is refused, and without it arrives reassembled") {
  NEEDS_TWO_HOSTS(hosts);
  for (const auto& test : both()) {
    asio::io_context io;
    inbox in(io, hosts.on_far([&] { return bound_socket(io, test.protocol); }), everything);
    udp::socket out(io, test.protocol);
    const std::size_t fits = link_mtu_bytes - test.header_bytes;
    ancillary::set_option(out, options::dont_fragment(true));
    CHECK_FALSE(send_bytes(out, fits, test.far_address, in.port()));
    CHECK(send_bytes(out, fits + 1, test.far_address, in.port()) == asio::error::message_size);
    ancillary::set_option(out, options::dont_fragment(false));
    CHECK_FALSE(send_bytes(out, fits + 1, test.far_address, in.port()));
    CHECK(in.wait_for(std::string(fits + 1, 'x')) != nullptr);
  }
}

TEST_CASE("path_mtu_discovery decides whether a datagram above the MTU is refused") {
  NEEDS_TWO_HOSTS(hosts);
  for (const auto& test : both()) {
    asio::io_context io;
    inbox in(io, hosts.on_far([&] { return bound_socket(io, test.protocol); }), everything);
    udp::socket out(io, test.protocol);
    const std::size_t too_large = link_mtu_bytes - test.header_bytes + 1;
    ancillary::set_option(out, options::path_mtu_discovery(options::path_mtu_state::always));
    const auto refused = send_bytes(out, too_large, test.far_address, in.port());
    // IPv6 fragments unless don't-fragment is on.
    CHECK((test.protocol == udp::v6() || refused == asio::error::message_size));
    ancillary::set_option(out, options::path_mtu_discovery(options::path_mtu_state::never));
    CHECK_FALSE(send_bytes(out, too_large, test.far_address, in.port()));
    CHECK(in.wait_for(std::string(too_large, 'x')) != nullptr);
  }
}

TEST_CASE("path_mtu: read on a connected socket, refused on an unconnected one") {
  NEEDS_TWO_HOSTS(hosts);
  for (const auto& test : both()) {
    asio::io_context io;
    udp::socket socket(io, test.protocol);
    options::path_mtu read;
    std::error_code ec;
    ancillary::get_option(socket, read, ec);
    CHECK(ec == asio::error::not_connected);
    CHECK_THROWS_WITH(ancillary::get_option(socket, read),
                      Catch::Matchers::ContainsSubstring("IP_MTU (requires a connected socket)"));
    socket.connect({test.far_address, 9});
    ancillary::get_option(socket, read);
    CHECK(read.value() == link_mtu_bytes);
  }
}

TEST_CASE("user_mtu limits the socket's IPv6 datagrams") {
  NEEDS_TWO_HOSTS(hosts);
  const auto test = both()[1];
  constexpr std::size_t limit_bytes = 1300;
  asio::io_context io;
  udp::socket out(io, test.protocol);
  ancillary::set_option(out, options::dont_fragment(true));
  CHECK_FALSE(send_bytes(out, limit_bytes - test.header_bytes + 1, test.far_address, 9));
  ancillary::set_option(out, options::user_mtu(limit_bytes));
  CHECK_FALSE(send_bytes(out, limit_bytes - test.header_bytes, test.far_address, 9));
  CHECK(send_bytes(out, limit_bytes - test.header_bytes + 1, test.far_address, 9) ==
        asio::error::message_size);
  ancillary::set_option(out, options::user_mtu());
  CHECK_FALSE(send_bytes(out, limit_bytes - test.header_bytes + 1, test.far_address, 9));
}

TEST_CASE("header_included: a raw socket writes its own IP header") {
  NEEDS_TWO_HOSTS(hosts);
  asio::io_context io;
  asio::ip::icmp::socket raw(io);
  std::error_code ec;
  raw.open(asio::ip::icmp::v4(), ec);
  if (ec) {
    SKIP_BECAUSE("no raw socket: " + ec.message());
  }
  inbox in(io, hosts.on_far([&] { return bound_socket(io, udp::v4()); }), everything);
  ancillary::set_option(raw, options::header_included(true));
  const std::string port = {static_cast<char>(in.port() >> 8), static_cast<char>(in.port())};
  // IPv4 of 31 bytes, TTL 77, UDP, checksum by the kernel; 10.77.0.1 to 10.77.0.2; port 9 to ours.
  auto packet = from_hex("45 20 001f 0001 0000 4d 11 0000 0a4d0001 0a4d0002 0009 0000 000b 0000");
  std::transform(port.begin(), port.end(), packet.begin() + 22,
                 [](char octet) { return static_cast<std::byte>(octet); });
  for (const char octet : {'r', 'a', 'w'}) {
    packet.push_back(static_cast<std::byte>(octet));
  }
  raw.send_to(asio::buffer(packet), {make_address("10.77.0.2"), 0});
  const auto* const datagram = in.wait_for("raw");
  REQUIRE(datagram != nullptr);
  CHECK(datagram->metadata.hop_limit == 77);
  CHECK(datagram->metadata.traffic_class->value == 0x20);
  CHECK(datagram->remote.port() == 9);
}

TEST_CASE("ip_options arrive in the header until they are removed") {
  NEEDS_TWO_HOSTS(hosts);
  constexpr int protocol_udp = 17;
  asio::io_context io;
  auto raw = hosts.on_far([&] {
    asio::basic_raw_socket<asio::generic::raw_protocol> socket(io);
    std::error_code ec;
    socket.open({udp::v4().family(), protocol_udp}, ec);
    return socket;
  });
  if (!raw.is_open()) {
    SKIP_BECAUSE("no raw socket");
  }
  auto receiver = hosts.on_far([&] { return bound_socket(io, udp::v4()); });
  const auto port = receiver.local_endpoint().port();
  udp::socket out(io, udp::v4());
  const auto header_of = [&] {
    send(out, "options", make_address("10.77.0.2"), port);
    std::array<std::byte, 128> packet{};
    std::size_t size = 0;
    raw.async_receive(asio::buffer(packet),
                      [&](std::error_code, std::size_t received) { size = received; });
    io.restart();
    io.run_for(ancillary_test::patience);
    raw.cancel();
    io.restart();
    io.poll();
    constexpr std::size_t fixed_header_bytes = 20;
    const std::size_t header_bytes = std::to_integer<std::size_t>(packet[0] & std::byte{15}) * 4;
    return size < header_bytes || header_bytes < fixed_header_bytes
               ? std::string("no header")
               : hex(std::span(packet).subspan(fixed_header_bytes,
                                               header_bytes - fixed_header_bytes));
  };
  CHECK(header_of() == "");
  ancillary::set_option(out, options::ip_options(from_hex("94040000"))); // router alert, RFC 2113
  CHECK(header_of() == "94040000");
  ancillary::set_option(out, options::ip_options());
  CHECK(header_of() == "");
}
