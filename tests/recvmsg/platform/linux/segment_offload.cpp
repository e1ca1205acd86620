// Segmented payloads: where the kernel does not split them, or must not, the library does.

#include "faulty_call.hpp"
#include "lab_server.hpp"
#include "platform/linux/segmentation.hpp"
#include "support/catch.hpp"
#include "support/loopback_pair.hpp"
#include <ancillary/recvmsg.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <poll.h>

using namespace ancillary_test;
using namespace option_tests;
using ancillary::detail::corrupts_segments;
using ancillary::detail::system_calls;

namespace {

int segmented_calls = 0;

int count_segmented(int socket, mmsghdr* messages, unsigned count, int flags) {
  for (unsigned i = 0; i < count; ++i) {
    segmented_calls += messages[i].msg_hdr.msg_controllen != 0; // of these only UDP_SEGMENT has one
  }
  return ::sendmmsg(socket, messages, count, flags);
}

int faulty_kernel(utsname* name) {
  const int result = ::uname(name);
  std::strcpy(name->release, "7.1.4-faulty");
  return result;
}

// Three datagrams, as one segmented payload and as a run; how many messages were segmented.
int segmented_of(const ancillary::sender_options& options) {
  asio::io_context io;
  asio::ip::udp::socket peer(io, loopback_any_port());
  asio::ip::udp::socket own(io, loopback_any_port());
  std::array<std::byte, 3000> payload{};
  for (std::size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<std::byte>(i / 1000);
  }
  segmented_calls = 0;
  ancillary::detail::system.sendmmsg = &count_segmented;
  ancillary::sender out(own.native_handle(), options);
  const std::span<const std::byte> all(payload);
  const auto part = [&](std::size_t at) {
    return ancillary::outgoing{.payload = all.subspan(at * 1000, 1000),
                               .remote = peer.local_endpoint()};
  };
  const std::array run{part(0), part(1), part(2)};
  const ancillary::outgoing cut{
      .payload = all, .remote = peer.local_endpoint(), .segment_bytes = 1000};
  std::error_code error;
  CHECK(out.send(run, error) == 3);
  CHECK(out.send({&cut, 1}, error) == 1);
  ancillary::detail::system.sendmmsg = &::sendmmsg;
  for (int i = 0; i < 6; ++i) {
    std::array<std::byte, 2000> got{};
    CHECK(peer.receive(asio::buffer(got)) == 1000);
    CHECK(std::count(got.begin(), got.begin() + 1000, static_cast<std::byte>(i % 3)) == 1000);
  }
  CHECK(out.counters().datagrams == 6);
  return segmented_calls;
}

} // namespace

TEST_CASE("segment offload: the releases whose kernels corrupt segments") {
  for (const char* const release : {"7", "7.0", "7.0.0", "7.0.12-1-amd64", "7.1.0-rc3", "7.1.4"}) {
    CHECK(corrupts_segments(release));
  }
  for (const char* const release :
       {"6.18.44", "6.99", "7.1.5", "7.1.10", "7.2.0", "8.0", "", "x", "."}) {
    CHECK_FALSE(corrupts_segments(release));
  }
}

TEST_CASE("segment offload: refused on kernels that corrupt segments, and without it all datagrams "
          "arrive") {
  const int usual = segmented_of({.segment_runs = true});
  CHECK(segmented_of({.segment_runs = true, .segment_offload = false}) == 0);
  {
    ancillary::detail::system.uname = &faulty_kernel;
    CHECK(segmented_of({.segment_runs = true}) == 0);
    ancillary::detail::system.uname = &::uname;
  }
  const faulty_call<&system_calls::uname> fault({.at = 1, .times = 100, .error = EFAULT});
  CHECK(segmented_of({.segment_runs = true}) == usual);
}

TEST_CASE("segmented replies arrive on a path that is narrower than a segment", "[replies]") {
  lab host("SC");
  host.wire('S', "e0", 'C', "p0");
  host.address('S', "e0", "192.0.2.1/24");
  host.address('C', "p0", "192.0.2.2/24");
  host.ip('S', "link set e0 mtu 600\n");
  host.settle();
  NEEDS_LAB(host);
  const bool offload = GENERATE(true, false);
  const std::string text(1000, 'x');
  lab_server server(host, 'S', listens::v4,
                    [&](const ancillary::packet& request) {
                      for (int i = 0; i < 8; ++i) {
                        request.reply(std::as_bytes(std::span(text)));
                      }
                    },
                    {.segment_replies = true, .segment_offload = offload});
  const auto arrived = host.in('C', [&] {
    asio::io_context io;
    asio::ip::udp::socket client(io, asio::ip::udp::v4());
    client.send_to(asio::buffer("?", 1), {asio::ip::make_address("192.0.2.1"), server.port()});
    int count = 0;
    pollfd readable{client.native_handle(), POLLIN, 0};
    const auto limit = std::chrono::milliseconds(ancillary_test::patience);
    for (; count < 8 && ::poll(&readable, 1, static_cast<int>(limit.count())) > 0; ++count) {
      std::array<char, 2000> got{};
      CHECK(client.receive(asio::buffer(got)) == 1000);
    }
    return count;
  });
  CHECK(arrived == 8);
}
