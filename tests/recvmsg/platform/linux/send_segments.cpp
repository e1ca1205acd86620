// A sender's segmented payloads and runs: by the kernel, refused, and part-sent.
#include "platform/linux/system_calls.hpp"
#include "sender_peer.hpp"

#include <cerrno>
#include <vector>

using namespace sender_tests;

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
