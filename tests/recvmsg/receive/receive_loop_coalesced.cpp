// Buffers that hold several datagrams.
#include "support/scripted_control.hpp"
#include "support/scripted_receiver.hpp"

using namespace ancillary_test;
using ancillary::packet;

namespace {

std::vector<std::byte> segment(std::uint32_t bytes) {
  return control([&](auto& builder) { builder.segment_bytes(bytes); });
}

struct seen_packet {
  std::string text;
  bool malformed;
  bool truncated;
  friend bool operator==(const seen_packet&, const seen_packet&) = default;
};

struct collector {
  std::vector<seen_packet>* seen;
  void operator()(const packet& p) const {
    seen->push_back({text_of(p), p.control_malformed(), p.payload_truncated()});
  }
};

std::vector<std::string> texts(const std::vector<seen_packet>& packets) {
  std::vector<std::string> result;
  for (const seen_packet& p : packets) {
    result.push_back(p.text);
  }
  return result;
}

} // namespace

TEST_CASE("each datagram of a coalesced buffer is delivered separately") {
  asio::io_context io;
  std::vector<seen_packet> seen;
  scripted_receiver receiver(io, collector{&seen}, {.shape = each_shape()});
  receiver.traffic().datagram("x").datagram("aabbcc", segment(2)).datagram("ddde", segment(3));
  receiver.start();
  io.poll();
  CHECK(texts(seen) == std::vector<std::string>{"x", "aa", "bb", "cc", "ddd", "e"});
  const auto counters = receiver.counters();
  CHECK(counters.datagrams == 6);
  CHECK(counters.coalesced_buffers == 2);
  CHECK(counters.bytes == 11);
  CHECK(counters.control_malformed == 0);
}

TEST_CASE("a batch handler receives the datagrams of coalesced buffers in one span") {
  asio::io_context io;
  std::vector<std::string> seen;
  std::size_t calls = 0;
  scripted_receiver receiver(io, [&](std::span<const packet> batch) {
    ++calls;
    for (const packet& p : batch) {
      seen.push_back(text_of(p));
    }
  });
  receiver.traffic().datagram("abc", segment(1)).datagram("x").datagram("de", segment(1));
  receiver.start();
  io.poll();
  CHECK(seen == std::vector<std::string>{"a", "b", "c", "x", "d", "e"});
  CHECK(calls == 1);
}

TEST_CASE("a buffer that holds one datagram of the segment size is not coalesced") {
  asio::io_context io;
  std::vector<seen_packet> seen;
  scripted_receiver receiver(io, collector{&seen});
  receiver.traffic().datagram("abcd", segment(4));
  receiver.start();
  io.poll();
  CHECK(seen == std::vector<seen_packet>{{"abcd", false, false}});
  CHECK(receiver.counters().coalesced_buffers == 0);
}

TEST_CASE("an invalid segment size leaves the buffer unsplit and flagged") {
  const std::uint32_t bytes = GENERATE(0u, 5u, 0xffffffffu);
  asio::io_context io;
  std::vector<seen_packet> seen;
  scripted_receiver receiver(io, collector{&seen}, {.shape = each_shape()});
  receiver.traffic().datagram("abcd", segment(bytes)).datagram("next");
  receiver.start();
  io.poll();
  CHECK(seen == std::vector<seen_packet>{{"abcd", true, false}, {"next", false, false}});
  CHECK(receiver.counters().control_malformed == 1);
  CHECK(receiver.counters().coalesced_buffers == 0);
}

TEST_CASE("an empty buffer with a segment size is one empty datagram") {
  const std::uint32_t bytes = GENERATE(0u, 1u);
  asio::io_context io;
  std::vector<seen_packet> seen;
  scripted_receiver receiver(io, collector{&seen});
  receiver.traffic().datagram("", segment(bytes));
  receiver.start();
  io.poll();
  CHECK(texts(seen) == std::vector<std::string>{""});
}

TEST_CASE("a coalesced buffer of any number of segments is split") {
  const std::size_t count = GENERATE(64u, 65u, 255u, 256u, 257u, 4000u);
  asio::io_context io;
  std::vector<seen_packet> seen;
  scripted_receiver receiver(io, collector{&seen}, {.payload_capacity = 65535});
  std::string payload;
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < count; ++i) {
    expected.push_back(std::to_string(10000 + i));
    payload += expected.back();
  }
  payload += "!"; // a short last one
  expected.push_back("!");
  receiver.traffic().datagram(payload, segment(5));
  receiver.start();
  io.poll();
  CHECK(texts(seen) == expected);
  CHECK(receiver.counters().datagrams == count + 1);
}

TEST_CASE("a batch handler receives many segments in several calls, in order") {
  asio::io_context io;
  std::string seen;
  std::size_t calls = 0;
  scripted_receiver receiver(io,
                             [&](std::span<const packet> batch) {
                               ++calls;
                               for (const packet& p : batch) {
                                 seen += text_of(p);
                               }
                             },
                             {.payload_capacity = 65535});
  std::string payload;
  for (int i = 0; i < 3000; ++i) {
    payload += static_cast<char>('a' + i % 26);
  }
  receiver.traffic().datagram(payload, segment(1)).datagram("tail");
  receiver.start();
  io.poll();
  CHECK(seen == payload + "tail");
  CHECK(calls > 1);
  CHECK(receiver.delivered() == 3001);
}

TEST_CASE("each datagram of a truncated coalesced buffer is flagged") {
  asio::io_context io;
  std::vector<seen_packet> seen;
  scripted_receiver receiver(io, collector{&seen}, {.payload_capacity = 10});
  receiver.traffic().datagram("aaaabbbbccccdddd", segment(4));
  receiver.start();
  io.poll();
  CHECK(seen == std::vector<seen_packet>{
                    {"aaaa", false, true}, {"bbbb", false, true}, {"cc", false, true}});
  CHECK(receiver.counters().payload_truncated == 1);
}

TEST_CASE("a segment size above the rest of a truncated buffer is not malformed") {
  asio::io_context io;
  std::vector<seen_packet> seen;
  scripted_receiver receiver(io, collector{&seen}, {.payload_capacity = 4});
  receiver.traffic().datagram("aaaaaabbbbbb", segment(6));
  receiver.start();
  io.poll();
  CHECK(seen == std::vector<seen_packet>{{"aaaa", false, true}});
  CHECK(receiver.counters().control_malformed == 0);
}

TEST_CASE("stop within a coalesced buffer counts the rest as discarded") {
  asio::io_context io;
  scripted_packets* self = nullptr;
  std::string seen;
  scripted_packets receiver(io,
                            [&](const packet& p) {
                              seen += text_of(p);
                              if (seen.size() == 3) {
                                self->stop();
                              }
                            },
                            {.shape = each_shape()});
  self = &receiver;
  receiver.traffic().datagram("abcdefgh", segment(1)).datagram("ij", segment(1)).datagram("k");
  receiver.start();
  io.poll();
  CHECK(seen == "abc");
  CHECK(receiver.counters().discarded_on_stop == 8);
}

TEST_CASE("every datagram of a coalesced buffer has the buffer's metadata") {
  asio::io_context io;
  std::vector<int> hop_limits;
  scripted_receiver receiver(
      io, [&](const packet& p) { hop_limits.push_back(p.metadata().hop_limit().value_or(0)); });
  receiver.traffic().datagram("abc", control([](auto& builder) {
                                builder.hop_limit(7, ancillary::ip_family::v4);
                                builder.segment_bytes(1);
                              }));
  receiver.start();
  io.poll();
  CHECK(hop_limits == std::vector<int>{7, 7, 7});
}
