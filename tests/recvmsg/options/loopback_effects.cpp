// The effects of options on the loopback interface, with the same tests on every system.
#include "inbox.hpp"
#include "support/catch.hpp"
#include "support/real_windows.hpp"
#include <ancillary/recvmsg/multicast.hpp>

namespace {

namespace options = ancillary::options;
using ancillary::field;
using asio::ip::make_address;
using asio::ip::udp;
using option_tests::bound_socket;
using option_tests::inbox;
using option_tests::send;

const auto loopback = asio::ip::address_v4::loopback();
const auto loopback6 = asio::ip::address_v6::loopback();

// Multicast on the loopback interface, which is named by its address because that works everywhere.
udp::socket multicast_sender(asio::io_context& io) {
  udp::socket socket(io, udp::v4());
  ancillary::set_option(socket,
                        options::multicast_interface(options::interface_selector(loopback)));
  return socket;
}

// Whether a group on 127.0.0.1 receives what is sent there, which is unknown of Windows
// (docs/windows.md, row 27); elsewhere it does.
bool groups_work_on_loopback() {
  if (!ancillary_test::on_real_windows()) {
    return true;
  }
  asio::io_context io;
  inbox in(io, bound_socket(io, udp::v4()), {});
  const auto group = make_address("239.77.1.0");
  std::error_code ec;
  ancillary::join_group(in.socket(), group, loopback, ec);
  if (ec) {
    return false;
  }
  auto out = multicast_sender(io);
  out.send_to(asio::buffer("probe", 5), {group, in.port()}, 0, ec);
  return !ec && in.wait_for("probe", std::chrono::seconds(2)) != nullptr;
}

#define NEED_GROUPS_ON_LOOPBACK                                                                    \
  if (!groups_work_on_loopback()) {                                                                \
    SKIP_BECAUSE("no IPv4 group on the loopback interface here");                                  \
  }

} // namespace

TEST_CASE("hop_limit: the TTL arrives") {
  asio::io_context io;
  inbox in(io, bound_socket(io, udp::v4()), {field::hop_limit});
  udp::socket out(io, udp::v4());
  ancillary::set_option(out, options::hop_limit(37));
  send(out, "37", loopback, in.port());
  const auto* const first = in.wait_for("37");
  REQUIRE(first != nullptr);
  CHECK(first->metadata.hop_limit == 37);
  ancillary::set_option(out, options::hop_limit(255));
  send(out, "255", loopback, in.port());
  const auto* const second = in.wait_for("255");
  REQUIRE(second != nullptr);
  CHECK(second->metadata.hop_limit == 255);
}

TEST_CASE("hop_limit: the IPv6 hop limit arrives") {
  asio::io_context io;
  inbox in(io, bound_socket(io, udp::v6()), {field::hop_limit});
  udp::socket out(io, udp::v6());
  ancillary::set_option(out, options::hop_limit(37));
  send(out, "37", loopback6, in.port());
  const auto* const datagram = in.wait_for("37");
  REQUIRE(datagram != nullptr);
  CHECK(datagram->metadata.hop_limit == 37);
}

TEST_CASE("receive options enable and disable control messages") {
  asio::io_context io;
  auto socket = bound_socket(io, udp::v4());
  socket.set_option(options::receive_packet_info(true));
  socket.set_option(options::receive_hop_limit(true));
  inbox in(io, std::move(socket), {field::destination, field::hop_limit});
  udp::socket out(io, udp::v4());
  send(out, "on", loopback, in.port());
  const auto* const on = in.wait_for("on");
  REQUIRE(on != nullptr);
  CHECK(on->metadata.destination == ancillary::ip_address::v4({127, 0, 0, 1}));
  CHECK(on->metadata.hop_limit.has_value());

  in.socket().set_option(options::receive_packet_info(false));
  in.socket().set_option(options::receive_hop_limit(false));
  // An overlapped receive may have been armed earlier; only the second datagram is sure to be after
  // it.
  send(out, "armed", loopback, in.port());
  REQUIRE(in.wait_for("armed") != nullptr);
  send(out, "off", loopback, in.port());
  const auto* const off = in.wait_for("off");
  REQUIRE(off != nullptr);
  CHECK_FALSE(off->metadata.destination.has_value());
  CHECK_FALSE(off->metadata.hop_limit.has_value());
}

TEST_CASE("group datagrams arrive after the join and no longer after the leave") {
  NEED_GROUPS_ON_LOOPBACK
  asio::io_context io;
  inbox in(io, bound_socket(io, udp::v4()), {field::destination});
  const auto group = make_address("239.77.1.1");
  const options::interface_selector on(loopback);
  auto out = multicast_sender(io);

  ancillary::join_group(in.socket(), group, on);
  send(out, "joined", group, in.port());
  const auto* const joined = in.wait_for("joined");
  REQUIRE(joined != nullptr);
  CHECK(joined->metadata.destination == ancillary::ip_address::v4({239, 77, 1, 1}));

  ancillary::leave_group(in.socket(), group, on);
  send(out, "left", group, in.port());
  send(out, "last", loopback, in.port());
  REQUIRE(in.wait_for("last") != nullptr);
  CHECK_FALSE(in.has("left"));
}

TEST_CASE("leaving a group that was not joined fails with the system's error") {
  asio::io_context io;
  auto socket = bound_socket(io, udp::v4());
  std::error_code ec;
  ancillary::leave_group(socket, make_address("239.77.1.9"), loopback, ec);
  CHECK(ec);
  CHECK_THROWS_WITH(ancillary::leave_group(socket, make_address("239.77.1.9"), loopback),
                    Catch::Matchers::ContainsSubstring("IP_DROP_MEMBERSHIP"));
}

TEST_CASE("datagrams of a blocked source do not arrive until it is unblocked") {
  NEED_GROUPS_ON_LOOPBACK
  asio::io_context io;
  inbox in(io, bound_socket(io, udp::v4()), {field::destination});
  const auto group = make_address("239.77.1.2");
  const options::interface_selector on(loopback);
  auto out = multicast_sender(io);
  ancillary::join_group(in.socket(), group, on);

  // Source and interface are the same address here, so this does not test the order of the fields.
  ancillary::set_option(in.socket(), options::block_source(group, loopback, on));
  send(out, "blocked", group, in.port());
  send(out, "unicast", loopback, in.port());
  REQUIRE(in.wait_for("unicast") != nullptr);
  CHECK_FALSE(in.has("blocked"));

  ancillary::set_option(in.socket(), options::unblock_source(group, loopback, on));
  send(out, "unblocked", group, in.port());
  CHECK(in.wait_for("unblocked") != nullptr);
}

TEST_CASE("datagrams of a source-specific join arrive until the leave") {
  NEED_GROUPS_ON_LOOPBACK
  asio::io_context io;
  inbox in(io, bound_socket(io, udp::v4()), {field::destination});
  const auto group = make_address("232.77.1.3");
  const options::interface_selector on(loopback);
  auto out = multicast_sender(io);
  ancillary::join_source_group(in.socket(), group, loopback, on);
  send(out, "in", group, in.port());
  CHECK(in.wait_for("in") != nullptr);
  ancillary::leave_source_group(in.socket(), group, loopback, on);
  send(out, "out", group, in.port());
  send(out, "last", loopback, in.port());
  REQUIRE(in.wait_for("last") != nullptr);
  CHECK_FALSE(in.has("out"));
}

TEST_CASE("multicast loop controls delivery on this host") {
  NEED_GROUPS_ON_LOOPBACK
  asio::io_context io;
  inbox in(io, bound_socket(io, udp::v4()), {field::destination});
  const auto group = make_address("239.77.1.4");
  ancillary::join_group(in.socket(), group, loopback);
  // On the default interface: datagrams sent on the loopback interface always return.
  ancillary::join_group(in.socket(), group);
  udp::socket out(io, udp::v4());
  const auto loop = [&](bool on) {
    ancillary::set_option(out, options::multicast_loop(on));         // used by Linux
    ancillary::set_option(in.socket(), options::multicast_loop(on)); // used by Windows
  };
  loop(true);
  std::error_code ec;
  out.send_to(asio::buffer("on", 2), {group, in.port()}, 0, ec);
  send(out, "after", loopback, in.port());
  REQUIRE(in.wait_for("after") != nullptr);
  if (ec || !in.has("on")) {
    SKIP_BECAUSE("no multicast interface except the loopback");
  }
  loop(false);
  send(out, "off", group, in.port());
  send(out, "last", loopback, in.port());
  REQUIRE(in.wait_for("last") != nullptr);
  CHECK_FALSE(in.has("off"));
}

TEST_CASE("multicast_filter rejects a group that only another socket joined") {
  NEED_GROUPS_ON_LOOPBACK
  asio::io_context io;
  inbox ours(io, bound_socket(io, udp::v4()), {field::destination, field::interface_index});
  const auto port = ours.port();
  auto other = bound_socket(io, udp::v4(), port);
  const auto our_group = make_address("239.77.2.1");
  const auto their_group = make_address("239.77.2.2");
  ancillary::join_group(ours.socket(), our_group, loopback);
  ancillary::join_group(other, their_group, loopback);
  ancillary::multicast_filter filter;
  filter.insert(our_group);

  auto out = multicast_sender(io);
  send(out, "theirs", their_group, port);
  send(out, "ours", our_group, port);
  const auto* const wanted = ours.wait_for("ours");
  REQUIRE(wanted != nullptr);
  REQUIRE(wanted->metadata.destination);
  CHECK(filter.accepts(*wanted->metadata.destination, wanted->metadata.interface_index));
  const auto* const unwanted = ours.find("theirs");
  if (unwanted == nullptr) {
    SKIP_BECAUSE("this system delivers a group to its members only");
  }
  REQUIRE(unwanted->metadata.destination);
  CHECK_FALSE(filter.accepts(*unwanted->metadata.destination, unwanted->metadata.interface_index));
}
