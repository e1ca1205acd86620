// The IP header of a sender's datagrams, as a second socket receives it.

#include "platform/linux/system_calls.hpp"
#include "support/catch.hpp"
#include <ancillary/recvmsg.hpp>

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/v6_only.hpp>
#include <cerrno>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <vector>

using namespace ancillary;
using udp = asio::ip::udp;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

udp::endpoint at(const char* address, std::uint16_t port) {
  return {asio::ip::make_address(address), port};
}

constexpr field_set everything{field::destination, field::interface_index, field::hop_limit,
                               field::traffic_class};

// A socket that reports the metadata of each datagram.
struct observer {
  explicit observer(const char* address) : socket(io, at(address, 0)) {
    request_metadata(socket, require(everything));
    socket.non_blocking(true);
  }
  udp::endpoint endpoint() const { return socket.local_endpoint(); }

  // The next datagram; REQUIREs that there is one.
  std::string next() {
    iovec vector{payload.data(), payload.size()};
    msghdr message{};
    message.msg_name = remote.data();
    message.msg_namelen = static_cast<socklen_t>(remote.capacity());
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto length = ::recvmsg(socket.native_handle(), &message, 0);
    REQUIRE(length >= 0);
    remote.resize(message.msg_namelen);
    metadata = metadata_view(layouts::native{}, std::span(control).first(message.msg_controllen));
    return {payload.data(), static_cast<std::size_t>(length)};
  }
  bool empty() {
    char one = 0;
    return ::recv(socket.native_handle(), &one, 1, MSG_PEEK) < 0 && errno == EAGAIN;
  }

  asio::io_context io;
  udp::socket socket;
  udp::endpoint remote;
  metadata_view metadata;
  std::array<char, 65536> payload;
  alignas(8) std::array<std::byte, 512> control;
};

// The sending socket: of either family, unbound.
struct wildcard {
  explicit wildcard(const udp& family) : socket(io, family) {
    if (family == udp::v6()) {
      socket.set_option(asio::ip::v6_only(false));
    }
    socket.bind({family, 0});
  }
  asio::io_context io;
  udp::socket socket;
};

void send_all(sender& out, std::span<const outgoing> datagrams) {
  std::error_code error;
  CHECK(out.send(datagrams, error) == datagrams.size());
  CHECK_FALSE(error);
}

bool has_ipv6() {
  asio::io_context io;
  udp::socket probe(io, udp::v6());
  std::error_code error;
  probe.bind(at("::1", 0), error);
  return !error;
}

} // namespace

TEST_CASE("sender: a datagram leaves from the requested source") {
  observer peer("127.0.0.1");
  wildcard own(udp::v4());
  sender out(own.socket.native_handle());
  for (std::uint8_t last = 1; last < 10; ++last) {
    const auto source = ip_address::v4({127, 0, 0, last});
    send_all(out, std::array{outgoing{.payload = bytes_of("x"),
                                      .remote = peer.endpoint(),
                                      .source = source,
                                      .interface_index = 1}});
    CHECK(peer.next() == "x");
    CHECK(from_asio(peer.remote.address()) == source);
  }
  CHECK(out.counters().datagrams == 9);
  CHECK(out.counters().bytes == 9);
}

TEST_CASE("sender: each datagram has its requested hop limit, DSCP and ECN") {
  const auto run = [](const char* address, const udp& family) {
    observer peer(address);
    wildcard own(family);
    sender out(own.socket.native_handle());
    const outgoing plain{.payload = bytes_of("x"), .remote = peer.endpoint()};
    std::vector<outgoing> datagrams(5, plain);
    datagrams[1].hop_limit = 7;
    datagrams[2].traffic_class = traffic_class{0xB8 | 1};
    datagrams[3].ecn = ecn_codepoint::ce;
    datagrams[4].hop_limit = 255;
    datagrams[4].traffic_class = traffic_class{0x28 | 1};
    datagrams[4].ecn = ecn_codepoint::ect0;
    send_all(out, datagrams);
    CHECK(out.counters().calls == 1);

    const std::array hop_limits{64, 7, 64, 64, 255};
    const std::array classes{0, 0, 0xB8 | 1, 3, 0x28 | 2};
    for (std::size_t i = 0; i < datagrams.size(); ++i) {
      INFO("datagram " << i << " to " << address);
      peer.next();
      CHECK(peer.metadata.hop_limit() == hop_limits[i]);
      REQUIRE(peer.metadata.traffic_class());
      CHECK(peer.metadata.traffic_class()->value == classes[i]);
    }
  };
  run("127.0.0.1", udp::v4());
  if (has_ipv6()) {
    run("::1", udp::v6());
  }
}

TEST_CASE("sender: IPv4 control messages for an IPv4 peer of a dual-stack socket") {
  if (!has_ipv6()) {
    SKIP_BECAUSE("no IPv6 here");
  }
  observer peer("127.0.0.1");
  wildcard own(udp::v6());
  sender out(own.socket.native_handle());
  outgoing datagram{.payload = bytes_of("x"),
                    .source = ip_address::v4({127, 0, 0, 8}),
                    .interface_index = 1,
                    .hop_limit = 9,
                    .traffic_class = traffic_class{0xB9}};
  datagram.remote = peer.endpoint();
  outgoing mapped = datagram;
  mapped.remote = {
      asio::ip::make_address_v6(asio::ip::v4_mapped, peer.endpoint().address().to_v4()),
      peer.endpoint().port()};
  send_all(out, std::array{datagram, mapped});
  for (int i = 0; i < 2; ++i) {
    CHECK(peer.next() == "x");
    CHECK(peer.remote.address().to_string() == "127.0.0.8");
    CHECK(peer.metadata.hop_limit() == 9);
    CHECK(peer.metadata.traffic_class() == traffic_class{0xB9});
  }
}

TEST_CASE("sender: a family mismatch is an error of that datagram only") {
  observer peer("127.0.0.1");
  wildcard own(udp::v4());
  sender out(own.socket.native_handle());
  const outgoing good{.payload = bytes_of("good"), .remote = peer.endpoint()};
  outgoing v6_remote = good;
  v6_remote.remote = at("::1", 9);
  outgoing v6_source = good;
  v6_source.source = ip_address::v6({});
  std::error_code error;
  CHECK(out.send(std::array{good, v6_remote}, error) == 1);
  CHECK(error == send_errc::family_mismatch);
  CHECK(out.send(std::array{v6_source, good}, error) == 0);
  CHECK(error == send_errc::family_mismatch);
  CHECK(error.message().find("family") != std::string::npos);
  CHECK(out.counters().errors == 2);
}

TEST_CASE("sender: a source that is not local fails with the system's error") {
  observer peer("127.0.0.1");
  wildcard own(udp::v4());
  sender out(own.socket.native_handle());
  std::error_code error;
  const outgoing foreign{.payload = bytes_of("x"),
                         .remote = peer.endpoint(),
                         .source = ip_address::v4({192, 0, 2, 1})};
  CHECK(out.send(std::array{foreign}, error) == 0);
  CHECK(error);
  CHECK(error != asio::error::would_block);
  CHECK(peer.empty());
}

TEST_CASE("sender: hundreds of datagrams leave in calls of 64") {
  observer peer("127.0.0.1");
  wildcard own(udp::v4());
  sender out(own.socket.native_handle());
  const std::vector<outgoing> datagrams(200, {.payload = bytes_of("x"), .remote = peer.endpoint()});
  send_all(out, datagrams);
  CHECK(out.counters().calls == 4);
  for (std::size_t i = 0; i < datagrams.size(); ++i) {
    peer.next();
  }
  CHECK(peer.empty());
}

TEST_CASE("sender: segmented payloads and runs arrive as datagrams") {
  observer peer("127.0.0.1");
  wildcard own(udp::v4());
  const std::string text(2500, 'x');
  SECTION("a payload") {
    sender out(own.socket.native_handle());
    send_all(out,
             std::array{outgoing{
                 .payload = bytes_of(text), .remote = peer.endpoint(), .segment_bytes = 1000}});
    CHECK(out.counters().datagrams == 3);
    CHECK(out.counters().calls == 1);
  }
  SECTION("a run") {
    sender out(own.socket.native_handle(), {.segment_runs = true});
    const auto all = bytes_of(text);
    std::vector<outgoing> datagrams(3, {.remote = peer.endpoint()});
    datagrams[0].payload = all.first(1000);
    datagrams[1].payload = all.first(1000);
    datagrams[2].payload = all.first(500);
    send_all(out, datagrams);
    CHECK(out.counters().datagrams == 3);
    CHECK(out.counters().segments_refused == 0);
  }
  CHECK(peer.next().size() == 1000);
  CHECK(peer.next().size() == 1000);
  CHECK(peer.next().size() == 500);
  CHECK(peer.empty());
}

namespace {

int refused_with = EIO;
bool was_segmented = false;
int refused_calls = 0;

// Like a device that cannot segment: refuses messages with a segment size.
int refuse_segments(int socket, mmsghdr* messages, unsigned count, int flags) {
  const metadata_view control(layouts::native{},
                              {static_cast<const std::byte*>(messages->msg_hdr.msg_control),
                               messages->msg_hdr.msg_controllen});
  was_segmented = control.unknown_count() != 0; // UDP_SEGMENT is never received
  if (was_segmented) {
    ++refused_calls;
    errno = refused_with;
    return -1;
  }
  return ::sendmmsg(socket, messages, count, flags);
}

struct refusing_segments {
  explicit refusing_segments(int error) {
    refused_with = error;
    refused_calls = 0;
    detail::system.sendmmsg = &refuse_segments;
  }
  ~refusing_segments() { detail::system.sendmmsg = &::sendmmsg; }
};

} // namespace

TEST_CASE("sender: refused segmentation is done by the library, EIO is remembered") {
  const int error = GENERATE(EIO, EINVAL);
  const refusing_segments refusing(error);
  observer peer("127.0.0.1");
  wildcard own(udp::v4());
  const std::string text(2500, 'x');
  const bool runs = GENERATE(false, true);
  INFO("error " << error << ", runs " << runs);
  sender out(own.socket.native_handle(), {.segment_runs = runs});
  for (int round = 0; round < 2; ++round) {
    if (runs) {
      const outgoing one{.payload = bytes_of(text).first(1000), .remote = peer.endpoint()};
      outgoing last = one;
      last.payload = one.payload.first(500);
      send_all(out, std::array{one, one, last});
    } else {
      send_all(out,
               std::array{outgoing{
                   .payload = bytes_of(text), .remote = peer.endpoint(), .segment_bytes = 1000}});
    }
    CHECK(peer.next().size() == 1000);
    CHECK(peer.next().size() == 1000);
    CHECK(peer.next().size() == 500);
    CHECK(peer.empty());
  }
  CHECK(refused_calls == (error == EIO ? 1 : 2));
  CHECK(out.counters().datagrams == 6);
  CHECK(out.counters().segments_refused >= 1);
}

namespace {

int calls_before_full = 0;

int full_after_some(int socket, mmsghdr* messages, unsigned count, int flags) {
  if (calls_before_full-- <= 0) {
    errno = EAGAIN;
    return -1;
  }
  return ::sendmmsg(socket, messages, count, flags);
}

int refuse_and_fill(int socket, mmsghdr* messages, unsigned count, int flags) {
  const int result = refuse_segments(socket, messages, 0, flags);
  return was_segmented ? result : full_after_some(socket, messages, count, flags);
}

} // namespace

TEST_CASE("sender: a full send buffer is reported, also within a split payload") {
  observer peer("127.0.0.1");
  wildcard own(udp::v4());
  const std::string text(2500, 'x');
  sender out(own.socket.native_handle());
  std::error_code error;
  SECTION("between datagrams") {
    const outgoing one{.payload = bytes_of("x"), .remote = peer.endpoint()};
    detail::system.sendmmsg = &full_after_some;
    calls_before_full = 0;
    CHECK(out.send(std::array{one, one}, error) == 0);
    CHECK(error == asio::error::would_block);
    CHECK(out.counters().send_buffer_full == 1);
    calls_before_full = 1;
    CHECK(out.send(std::array{one, one}, error) == 2);
    CHECK_FALSE(error);
  }
  SECTION("within one") {
    refused_with = EIO;
    detail::system.sendmmsg = &refuse_and_fill;
    const outgoing cut{.payload = bytes_of(text), .remote = peer.endpoint(), .segment_bytes = 1000};
    calls_before_full = 2;
    CHECK(out.send(std::array{cut}, error) == 0);
    CHECK(error == asio::error::would_block);
    calls_before_full = 5;
    CHECK(out.send(std::array{cut}, error) == 1);
    CHECK(peer.next().size() == 1000);
    CHECK(peer.next().size() == 1000);
    CHECK(peer.next().size() == 500);
    CHECK(peer.empty());
  }
  detail::system.sendmmsg = &::sendmmsg;
}

TEST_CASE("sender: a handle that is not a socket is reported") {
  std::error_code error;
  const sender out(-1, {}, error);
  CHECK(error == asio::error::bad_descriptor);
  CHECK_THROWS_AS(sender(-1), std::system_error);
}

TEST_CASE("sender: another datagram from the buffer of a part-sent payload is sent whole") {
  observer first("127.0.0.1");
  observer second("127.0.0.1");
  wildcard own(udp::v4());
  std::string text(500, 'a');
  sender out(own.socket.native_handle());
  outgoing datagram{.payload = bytes_of(text), .remote = first.endpoint(), .segment_bytes = 100};
  std::error_code error;
  refused_with = EIO;
  detail::system.sendmmsg = &refuse_and_fill;
  calls_before_full = 2; // pieces
  CHECK(out.send({&datagram, 1}, error) == 0);
  CHECK(error == asio::error::would_block);
  detail::system.sendmmsg = &::sendmmsg;
  // The caller gives up that payload and reuses its buffer.
  text.assign(500, 'b');
  datagram.remote = second.endpoint();
  send_all(out, std::array{datagram});
  for (int piece = 0; piece < 5; ++piece) {
    CHECK(second.next() == std::string(100, 'b'));
  }
  CHECK(second.empty());
}

TEST_CASE("sender: after a failed set-up, send reports an error") {
  std::error_code error;
  sender none(-1, {}, error);
  CHECK(error);
  const outgoing datagram;
  CHECK(none.send({&datagram, 1}, error) == 0);
  CHECK(error == asio::error::bad_descriptor);
}
