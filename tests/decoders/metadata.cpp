#include "decoders/buffers.hpp"
#include "golden/all.hpp"
#include "support/catch.hpp"
#include <ancillary/decoders/metadata.hpp>

#include <algorithm>
#include <sstream>

using namespace ancillary;
using namespace ancillary_test;

namespace {

constexpr opaque_bytes from_constants{std::span<const std::byte>{golden::records}};
static_assert(from_constants.bytes().size() == 13 && !from_constants.truncated());
constexpr metadata empty;
static_assert(empty.present().empty() && empty == metadata{});
constexpr metadata copied =
    metadata_view(layouts::windows_x64{}, golden::windows_x64::ipv4_all).to_metadata();
static_assert(copied.redirect_records == from_constants && copied.hop_limit == 57);

} // namespace

TEST_CASE("metadata outlives its buffer") {
  std::vector<std::byte> buffer(golden::windows_x64::ipv4_all.begin(),
                                golden::windows_x64::ipv4_all.end());
  const metadata values = metadata_view(layout_id::windows_x64, buffer).to_metadata();
  std::fill(buffer.begin(), buffer.end(), std::byte{0xee});
  for (const auto& golden : golden::windows_x64::buffers()) {
    if (golden.name == "windows_x64 ipv4_all") {
      CHECK(values == golden.expected);
    }
  }
  CHECK(values.redirect_records->bytes()[12] == std::byte{13});
}

TEST_CASE("metadata compares unequal if any field differs") {
  for (const auto& golden : golden::all()) {
    const metadata same = golden.expected;
    CHECK(same == golden.expected);
    for (const field what : golden.expected.present()) {
      metadata other = golden.expected;
      switch (what) {
      case field::destination:
        other.destination.reset();
        break;
      case field::interface_index:
        ++*other.interface_index;
        break;
      case field::receive_interface:
        ++*other.receive_interface;
        break;
      case field::original_arrival_interface:
        ++*other.original_arrival_interface;
        break;
      case field::hop_limit:
        ++*other.hop_limit;
        break;
      case field::traffic_class:
        ++other.traffic_class->value;
        break;
      case field::ecn:
        other.ecn.reset();
        break;
      case field::segment_bytes:
        ++*other.segment_bytes;
        break;
      case field::timestamp:
        other.timestamp->clock = timestamp_clock::hardware;
        break;
      case field::hardware_timestamp:
        ++other.hardware_timestamp->value;
        break;
      case field::dropped_total:
        ++*other.dropped_total;
        break;
      case field::original_destination:
        ++other.original_destination->port;
        break;
      case field::redirect_records:
        other.redirect_records.emplace();
        break;
      case field::redirect_context:
        other.redirect_context.reset();
        break;
      }
      CHECK(other != golden.expected);
    }
  }
}

TEST_CASE("opaque_bytes holds 256 bytes and flags truncation") {
  random_source random{5};
  const auto source = random.bytes(257);
  const opaque_bytes exact{std::span{source}.first(256)};
  CHECK(exact.bytes().size() == 256);
  CHECK_FALSE(exact.truncated());
  const opaque_bytes more{source};
  CHECK(more.bytes().size() == 256);
  CHECK(more.truncated());
  CHECK(std::ranges::equal(more.bytes(), exact.bytes()));
  CHECK(more != exact);

  opaque_bytes target{std::span{source}.first(3)};
  target = more;
  CHECK(target == more);
  target = opaque_bytes{std::span{source}.first(1)};
  CHECK(target.bytes().size() == 1);
  CHECK_FALSE(target.truncated());
  const opaque_bytes& itself = target;
  target = itself;
  CHECK(target.bytes()[0] == source[0]);
}

TEST_CASE("metadata prints on one line") {
  CHECK(to_string(metadata{}) == "nothing");
  metadata values;
  values.destination = ip_address::v4({192, 0, 2, 1});
  values.hop_limit = std::uint8_t{64};
  values.traffic_class = traffic_class{0xb9};
  values.ecn = ecn_codepoint::ect1;
  values.timestamp = timestamp{timestamp_clock::realtime, 7};
  values.hardware_timestamp = timestamp{timestamp_clock::hardware, 8};
  values.hardware_timestamp_origin = timestamp_origin{3, 60};
  values.redirect_context = opaque_bytes{golden::context};
  std::ostringstream out;
  out << values;
  CHECK(out.str() == "destination=192.0.2.1 hop_limit=64 traffic_class=dscp:46,ecn:ect1 ecn=ect1 "
                     "timestamp=realtime:7 hardware_timestamp=hardware:8 "
                     "hardware_timestamp_origin=interface:3,bytes:60 "
                     "redirect_context=404142434445464748494a4b");
}

TEST_CASE("metadata_view prints its error") {
  std::vector<std::byte> buffer;
  append_message(buffer, layout_id::linux_64, linux_messages::hop_limit_v4, number_bytes(64));
  append_message(buffer, layout_id::linux_64, 5, {1, 1}, {});
  std::ostringstream out;
  out << metadata_view(layout_id::linux_64, buffer);
  CHECK(out.str() == "hop_limit=64 error=length below the header at 24");
}
