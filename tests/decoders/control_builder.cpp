#include "decoders/buffers.hpp"
#include "golden/all.hpp"
#include "support/catch.hpp"
#include <ancillary/decoders/control_builder.hpp>

#include <algorithm>

using namespace ancillary;
using namespace ancillary_test;

namespace {

constexpr bool built_at_compile_time() {
  fixed_control_builder<layouts::linux_64, 64> builder;
  return builder.hop_limit(64, ip_family::v6) &&
         metadata_view(layouts::linux_64{}, builder.bytes()).hop_limit() == 64;
}
static_assert(built_at_compile_time());

// Captured padding is arbitrary and differs from ours.
std::vector<std::byte> with_zero_padding(const golden::golden_buffer& golden) {
  std::vector<std::byte> bytes(golden.bytes.begin(), golden.bytes.end());
  any_control_cursor cursor{golden.layout, golden.bytes};
  const std::size_t word = word_bytes(golden.layout);
  while (const auto message = cursor.next()) {
    const std::size_t end = message->offset + word + 8 + message->data.size();
    for (std::size_t i = end; i < (end + word - 1) / word * word; ++i) {
      bytes[i] = std::byte{0};
    }
  }
  return bytes;
}

template <class Layout>
metadata random_metadata(random_source& random) {
  constexpr bool windows = is_windows_layout<Layout>;
  const bool v6 = random.one_in(2);
  const auto u32 = [&] { return static_cast<std::uint32_t>(random.bits()); };
  const auto maybe = [&](auto& member, auto value) {
    if (random.one_in(2)) {
      member = value;
    }
  };
  const auto address = [&](bool six) {
    ip_address::v6_octets octets{};
    std::generate(octets.begin(), octets.end(),
                  [&] { return static_cast<std::uint8_t>(random.bits()); });
    octets[0] |= 1; // neither mapped nor unspecified
    return six ? ip_address::v6(octets)
               : ip_address::v4({octets[0], octets[1], octets[2], octets[3]});
  };
  metadata values;
  maybe(values.destination, address(v6));
  if (values.destination) {
    values.interface_index = u32();
    if constexpr (!windows) {
      values.receive_interface = values.interface_index;
      if (!v6) {
        maybe(values.local_address, address(false));
      }
    }
  }
  maybe(values.hop_limit, static_cast<std::uint8_t>(random.bits()));
  maybe(values.traffic_class, traffic_class{static_cast<std::uint8_t>(random.bits())});
  maybe(values.segment_bytes, u32());
  if constexpr (windows) {
    maybe(values.receive_interface, u32());
    maybe(values.original_arrival_interface, u32());
    maybe(values.ecn, static_cast<ecn_codepoint>(random.below(4)));
    maybe(values.timestamp, timestamp{timestamp_clock::performance_counter,
                                      static_cast<std::int64_t>(random.bits() | 1)});
    maybe(values.redirect_records, opaque_bytes{random.bytes(random.below(257))});
    maybe(values.redirect_context, opaque_bytes{random.bytes(random.below(257))});
  } else {
    maybe(values.dropped_total, u32());
    maybe(values.original_destination,
          socket_address{address(random.one_in(2)), static_cast<std::uint16_t>(random.bits())});
    const auto nanoseconds = [&] {
      return static_cast<std::int64_t>(random.bits() | 1) >> random.below(32);
    };
    maybe(values.timestamp, timestamp{timestamp_clock::realtime, nanoseconds()});
    maybe(values.hardware_timestamp, timestamp{timestamp_clock::hardware, nanoseconds()});
    if (values.hardware_timestamp) {
      maybe(values.hardware_timestamp_origin, timestamp_origin{u32(), u32()});
    }
  }
  if (values.traffic_class && !values.ecn) {
    values.ecn = values.traffic_class->ecn();
  }
  return values;
}

template <class Layout>
void check_round_trips(std::uint64_t seed) {
  random_source random{seed};
  for (int round = 0; round < 10'000; ++round) {
    const metadata values = random_metadata<Layout>(random);
    fixed_control_builder<Layout, 1024> builder;
    REQUIRE(builder.metadata(values));
    const metadata_view view{Layout{}, builder.bytes()};
    if (view.to_metadata() != values || view.error() || view.duplicate_count() != 0 ||
        view.unknown_count() != 0) {
      CAPTURE(round);
      REQUIRE(view.to_metadata() == values);
      REQUIRE_FALSE(view.error());
      REQUIRE(view.duplicate_count() + view.unknown_count() == 0);
    }
  }
}

std::vector<std::byte> copy_of(std::span<const std::byte> bytes) {
  return {bytes.begin(), bytes.end()};
}

} // namespace

TEST_CASE("encoded metadata decodes to the same values, windows_x64") {
  check_round_trips<layouts::windows_x64>(21);
}
TEST_CASE("encoded metadata decodes to the same values, windows_x86") {
  check_round_trips<layouts::windows_x86>(22);
}
TEST_CASE("encoded metadata decodes to the same values, linux_64") {
  check_round_trips<layouts::linux_64>(23);
}
TEST_CASE("encoded metadata decodes to the same values, linux_32") {
  check_round_trips<layouts::linux_32>(24);
}

TEST_CASE("control_builder reproduces the golden buffers") {
  {
    fixed_control_builder<layouts::linux_64, 256> builder;
    CHECK(builder.destination(ip_address::v4({127, 0, 0, 1}), 1, ip_address::v4({127, 0, 0, 1})));
    CHECK(builder.hop_limit(57, ip_family::v4));
    CHECK(builder.traffic_class({0xba}, ip_family::v4));
    CHECK(copy_of(builder.bytes()) == with_zero_padding(golden::linux_64::buffers()[0]));
  }
  {
    fixed_control_builder<layouts::windows_x64, 256> builder;
    CHECK(builder.destination(golden::loopback_v6, 1));
    CHECK(builder.hop_limit(57, ip_family::v6));
    CHECK(builder.traffic_class({0}, ip_family::v6));
    CHECK(copy_of(builder.bytes()) == with_zero_padding(golden::windows_x64::buffers()[1]));
  }
  // The messages that metadata() writes, in its order.
  for (const auto& golden : golden::windows_x86::buffers()) {
    if (golden.name.ends_with("_all")) {
      fixed_control_builder<layouts::windows_x86, 256> builder;
      CHECK(builder.metadata(golden.expected));
      // Only the IPv4 buffer has a segment size and a timestamp.
      CHECK(copy_of(builder.bytes()) == with_zero_padding(golden));
    }
  }
}

TEST_CASE("control_builder refuses a message that does not fit and leaves the buffer unchanged") {
  std::vector<std::byte> storage(24 + 23, std::byte{0xee});
  control_builder<layouts::linux_64> builder{storage};
  CHECK(builder.hop_limit(1, ip_family::v4));
  CHECK_FALSE(builder.hop_limit(2, ip_family::v4));
  CHECK_FALSE(builder.message(1, 2, std::span{storage}));
  CHECK(builder.bytes().size() == 24);
  CHECK(std::all_of(storage.begin() + 24, storage.end(),
                    [](std::byte octet) { return octet == std::byte{0xee}; }));
  CHECK(builder.message(5, 6, {}));
  CHECK(builder.bytes().size() == 40);

  metadata values;
  values.hop_limit = std::uint8_t{3};
  values.segment_bytes = 100;
  std::vector<std::byte> small(24);
  control_builder<layouts::windows_x64> all_or_none{small};
  CHECK_FALSE(all_or_none.metadata(values));
  CHECK(all_or_none.bytes().empty());
  values.segment_bytes.reset();
  CHECK(all_or_none.metadata(values));
  CHECK(all_or_none.bytes().size() == 24);
  all_or_none.clear();
  CHECK(all_or_none.bytes().empty());

  metadata not_carried;
  not_carried.dropped_total = 1; // Linux only
  CHECK_FALSE(all_or_none.metadata(not_carried));
  not_carried = {};
  not_carried.interface_index = 1; // needs a destination
  CHECK_FALSE(all_or_none.metadata(not_carried));
  CHECK(all_or_none.metadata({}));
  CHECK(all_or_none.bytes().empty());

  control_builder<layouts::linux_32> none{std::span<std::byte>{}};
  CHECK_FALSE(none.message(0, 0, {}));
}

TEST_CASE("control_builder zeroes padding") {
  std::vector<std::byte> storage(64, std::byte{0xee});
  control_builder<layouts::linux_64> builder{storage};
  CHECK(builder.traffic_class({0x12}, ip_family::v4));
  REQUIRE(builder.bytes().size() == 24);
  CHECK(builder.bytes()[16] == std::byte{0x12});
  CHECK(std::all_of(storage.begin() + 17, storage.begin() + 24,
                    [](std::byte octet) { return octet == std::byte{0}; }));
  CHECK(storage[24] == std::byte{0xee});
}

TEST_CASE("control_builder refuses fields for which the layout has no message") {
  fixed_control_builder<layouts::linux_64, 256> linux_builder;
  CHECK_FALSE(linux_builder.receive_interface(1));
  CHECK_FALSE(linux_builder.original_arrival_interface(1));
  CHECK_FALSE(linux_builder.ecn(ecn_codepoint::ce, ip_family::v4));
  CHECK_FALSE(linux_builder.redirect_records({}));
  CHECK_FALSE(linux_builder.redirect_context({}));
  CHECK_FALSE(linux_builder.timestamp({timestamp_clock::performance_counter, 1}));
  CHECK_FALSE(linux_builder.timestamp({timestamp_clock::hardware, 1}));
  CHECK_FALSE(linux_builder.hardware_timestamp({timestamp_clock::realtime, 1}));
  CHECK(linux_builder.bytes().empty());
  fixed_control_builder<layouts::windows_x64, 256> windows_builder;
  CHECK_FALSE(windows_builder.dropped_total(1));
  CHECK_FALSE(windows_builder.original_destination({}));
  CHECK_FALSE(windows_builder.timestamp({timestamp_clock::realtime, 1}));
  CHECK_FALSE(windows_builder.hardware_timestamp({timestamp_clock::hardware, 1}));
  CHECK_FALSE(windows_builder.hardware_timestamp_origin({1, 60}));
  CHECK(windows_builder.bytes().empty());

  // metadata() omits the fields that carries() excludes.
  metadata values;
  values.dropped_total = 4;
  values.hop_limit = std::uint8_t{1};
  CHECK(windows_builder.metadata(values));
  CHECK(metadata_view(layouts::windows_x64{}, windows_builder.bytes()).present() ==
        field_set{field::hop_limit});
  CHECK_FALSE(windows_builder.carries().contains(field::dropped_total));
  CHECK_FALSE(linux_builder.carries().contains(field::redirect_records));
  CHECK(linux_builder.carries().contains(field::dropped_total));
}

TEST_CASE("control_builder writes the messages that a send accepts") {
  const auto only_message = [](layout_id layout, std::span<const std::byte> bytes) {
    any_control_cursor cursor{layout, bytes};
    const auto message = cursor.next();
    REQUIRE(message);
    CHECK_FALSE(cursor.next());
    return *message;
  };
  const auto data_of = [](const control_message& message) { return copy_of(message.data); };
  {
    // linux/net/ipv4/ip_sockglue.c, ip_cmsg_send: the source is ipi_spec_dst.
    fixed_control_builder<layouts::linux_64, 64> builder;
    CHECK(builder.source(ip_address::v4({192, 0, 2, 1}), 3));
    const auto message = only_message(layout_id::linux_64, builder.bytes());
    CHECK((message.level == 0 && message.type == 8));
    CHECK(data_of(message) == copy_of(golden::octets(3, 0, 0, 0, 192, 0, 2, 1, 0, 0, 0, 0)));
  }
  {
    fixed_control_builder<layouts::windows_x64, 64> builder;
    CHECK(builder.source(ip_address::v4({192, 0, 2, 1}), 3));
    const auto message = only_message(layout_id::windows_x64, builder.bytes());
    CHECK((message.level == 0 && message.type == 19));
    CHECK(data_of(message) == copy_of(golden::octets(192, 0, 2, 1, 3, 0, 0, 0)));
  }
  {
    fixed_control_builder<layouts::linux_32, 64> builder;
    CHECK(builder.source(golden::documentation_v6, 3));
    const auto message = only_message(layout_id::linux_32, builder.bytes());
    CHECK((message.level == 41 && message.type == 50 && message.data.size() == 20));
  }
  {
    fixed_control_builder<layouts::linux_64, 64> builder;
    CHECK(builder.send_ecn(ecn_codepoint::ce, ip_family::v4));
    const auto message = only_message(layout_id::linux_64, builder.bytes());
    CHECK((message.level == 0 && message.type == 1));
    CHECK(data_of(message) == number_bytes(3));
  }
  {
    fixed_control_builder<layouts::windows_x64, 64> builder;
    CHECK(builder.send_ecn(ecn_codepoint::ect0, ip_family::v6));
    const auto message = only_message(layout_id::windows_x64, builder.bytes());
    CHECK((message.level == 41 && message.type == 50));
    CHECK(data_of(message) == number_bytes(2));
  }
  {
    fixed_control_builder<layouts::linux_64, 64> builder;
    CHECK_FALSE(builder.send_segment_bytes(65'536));
    CHECK(builder.send_segment_bytes(1200));
    const auto message = only_message(layout_id::linux_64, builder.bytes());
    CHECK((message.level == 17 && message.type == 103));
    CHECK(data_of(message) == number_bytes(1200, 2));
  }
  {
    fixed_control_builder<layouts::windows_x64, 64> builder;
    CHECK(builder.send_segment_bytes(1200));
    const auto message = only_message(layout_id::windows_x64, builder.bytes());
    CHECK((message.level == 17 && message.type == 2));
    CHECK(data_of(message) == number_bytes(1200));
  }
  {
    fixed_control_builder<layouts::linux_64, 64> builder;
    CHECK(builder.send_traffic_class({0xb8}, ip_family::v4));
    CHECK(data_of(only_message(layout_id::linux_64, builder.bytes())) == number_bytes(0xb8));
  }
}
