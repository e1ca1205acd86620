#include "decoders/agreement.hpp"
#include "decoders/buffers.hpp"
#include "golden/all.hpp"
#include "support/catch.hpp"
#include <ancillary/decoders/metadata_view.hpp>

#include <limits>

using namespace ancillary;
using namespace ancillary_test;

namespace {

// Constant expressions: the accessors on a buffer walked at compile time.
constexpr metadata_view nothing;
static_assert(nothing.present().empty() && nothing.control().empty() && !nothing.error());
static_assert(!nothing.destination() && !nothing.timestamp() && !nothing.ecn());
static_assert(nothing.redirect_records().empty() && !nothing.local_address());

constexpr metadata_view captured{layouts::linux_64{}, golden::linux_64::ipv4_all};
static_assert(captured.destination() == ip_address::v4({127, 0, 0, 1}));
static_assert(captured.hop_limit() == 57 && captured.traffic_class()->dscp() == 46);
static_assert(captured.ecn() == ecn_codepoint::ect0);
static_assert(captured.original_destination()->port == 40053);
static_assert(captured.timestamp()->clock == timestamp_clock::realtime);
static_assert(captured.to_metadata().dropped_total == 18u);

constexpr metadata_view on_windows{layouts::windows_x64{}, golden::windows_x64::ipv4_all};
static_assert(on_windows.receive_interface() == 9u && on_windows.ecn() == ecn_codepoint::ect1);
static_assert(on_windows.redirect_records().size() == 13);

constexpr auto empty_headers = golden::octets(16, 0, 0, 0, 0, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0);
constexpr metadata_view unknown{layouts::windows_x64{}, empty_headers};
static_assert(unknown.unknown_count() == 1 && unknown.unknown_messages().next()->level == 99);

metadata_view view_of(layout_id layout, const std::vector<std::byte>& buffer) {
  return {layout, buffer};
}

} // namespace

TEST_CASE("metadata_view decodes every golden buffer") {
  for (const auto& buffer : golden::all()) {
    CAPTURE(buffer.name);
    const exact_copy copy{buffer.bytes};
    const metadata_view view{buffer.layout, copy.bytes()};
    CHECK(view.to_metadata() == buffer.expected);
    CHECK(view.present() == buffer.expected.present());
    CHECK_FALSE(view.error());
    CHECK(view.duplicate_count() == buffer.duplicate_count);
    CHECK(view.unknown_count() == 0);
    CHECK(view.layout() == buffer.layout);
    CHECK(view.control().data() == copy.bytes().data());
    CHECK(disagreement(buffer.layout, buffer.bytes) == "");
  }
}

TEST_CASE("metadata_view stays inside every prefix of every golden buffer") {
  for (const auto& buffer : golden::all()) {
    for (std::size_t size = 0; size <= buffer.bytes.size(); ++size) {
      REQUIRE(disagreement(buffer.layout, buffer.bytes.first(size)) == "");
    }
  }
}

TEST_CASE("metadata_view decodes a buffer at any alignment") {
  for (const auto& buffer : golden::all()) {
    for (std::size_t shift = 1; shift < 8; ++shift) {
      std::vector<std::byte> shifted(shift);
      shifted.insert(shifted.end(), buffer.bytes.begin(), buffer.bytes.end());
      const metadata_view view{buffer.layout, std::span{shifted}.subspan(shift)};
      REQUIRE(view.to_metadata() == buffer.expected);
    }
  }
}

TEST_CASE("metadata_view stops at an invalid length and keeps the fields before it") {
  for (const layout_id layout : all_layouts) {
    const std::size_t word = word_bytes(layout);
    const std::uint64_t most = word == 8 ? std::numeric_limits<std::uint64_t>::max()
                                         : std::numeric_limits<std::uint32_t>::max();
    const auto dropped = is_windows(layout) ? message_type{17, 3} : message_type{17, 104};
    for (const std::uint64_t length :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{word + 7}, std::uint64_t{word + 8 + 9},
          std::uint64_t{0x10000}, most - 16, most - 8, most - 7, most - 1, most, most / 2,
          most / 2 + 1}) {
      CAPTURE(to_string(layout), length);
      std::vector<std::byte> buffer;
      append_message(buffer, layout, dropped, number_bytes(1234));
      const std::size_t bad_offset = buffer.size();
      append_message(buffer, layout, length, dropped, number_bytes(5, 8));
      const metadata_view view = view_of(layout, buffer);
      CHECK(view.error().offset == bad_offset);
      CHECK(view.error().reason == (length < word + 8
                                        ? control_error_reason::length_below_header
                                        : control_error_reason::length_beyond_buffer));
      CHECK(view.segment_bytes() == 1234u);
      CHECK(view.duplicate_count() == 0);
      CHECK(disagreement(layout, buffer) == "");
    }
  }
}

TEST_CASE("metadata_view uses the first of two messages for a field and counts the second") {
  std::vector<std::byte> buffer;
  append_message(buffer, layout_id::windows_x64, windows_messages::hop_limit_v4, number_bytes(1));
  append_message(buffer, layout_id::windows_x64, windows_messages::hop_limit_v6, number_bytes(2));
  append_message(buffer, layout_id::windows_x64, windows_messages::hop_limit_v4, number_bytes(3));
  const metadata_view view = view_of(layout_id::windows_x64, buffer);
  CHECK(view.hop_limit() == 1);
  CHECK(view.duplicate_count() == 2);
}

TEST_CASE("metadata_view gives access to unknown messages") {
  std::vector<std::byte> buffer;
  append_message(buffer, layout_id::linux_64, {1, 2}, number_bytes(0xabcd, 3));
  append_message(buffer, layout_id::linux_64, linux_messages::hop_limit_v4, number_bytes(64));
  append_message(buffer, layout_id::linux_64, {-1, 1 << 30}, {});
  const metadata_view view = view_of(layout_id::linux_64, buffer);
  CHECK(view.unknown_count() == 2);
  auto range = view.unknown_messages();
  const auto first = range.next();
  REQUIRE(first);
  CHECK((first->level == 1 && first->type == 2 && first->data.size() == 3 && first->offset == 0));
  CHECK(first->data[0] == std::byte{0xcd});
  const auto second = range.next();
  REQUIRE(second);
  CHECK((second->level == -1 && second->type == 1 << 30 && second->data.empty()));
  CHECK(second->offset == 24 + 24);
  CHECK_FALSE(range.next());
}

TEST_CASE("metadata_view reports a payload that is too short and continues") {
  for (const layout_id layout : all_layouts) {
    for (const message_type type : known_types(layout)) {
      for (std::size_t size = 0; size <= 64; ++size) {
        std::vector<std::byte> buffer;
        append_message(buffer, layout, type, std::vector<std::byte>(size, std::byte{1}));
        append_message(buffer, layout, type, std::vector<std::byte>(64, std::byte{2}));
        append_message(buffer, layout, {77, 77}, {});
        REQUIRE(disagreement(layout, buffer) == "");
      }
    }
  }
}

TEST_CASE("metadata_view reports the first error") {
  std::vector<std::byte> buffer;
  append_message(buffer, layout_id::linux_32, linux_messages::hop_limit_v4, number_bytes(64));
  append_message(buffer, layout_id::linux_32, linux_messages::pktinfo_v4, number_bytes(1));
  append_message(buffer, layout_id::linux_32, linux_messages::pktinfo_v6, number_bytes(1));
  append_message(buffer, layout_id::linux_32, 3, {0, 0});
  const metadata_view view = view_of(layout_id::linux_32, buffer);
  CHECK(view.error() == control_error{control_error_reason::payload_too_short, 16});
  CHECK(view.present() == field_set{field::hop_limit});
}

TEST_CASE("metadata_view refuses a buffer of more than 65,535 bytes") {
  std::vector<std::byte> buffer;
  append_message(buffer, layout_id::linux_64, linux_messages::hop_limit_v4, number_bytes(64));
  buffer.resize(65'536);
  const metadata_view view = view_of(layout_id::linux_64, buffer);
  CHECK(view.error() == control_error{control_error_reason::buffer_too_large, 0});
  CHECK(view.present().empty());
  CHECK(view.unknown_messages().next() == std::nullopt);
  CHECK(disagreement(layout_id::linux_64, buffer) == "");

  std::vector<std::byte> largest;
  while (largest.size() < 65'535 - 24 - 16) {
    append_message(largest, layout_id::linux_64, {77, 77}, {});
  }
  append_message(largest, layout_id::linux_64, linux_messages::hop_limit_v4, number_bytes(64, 4));
  largest.resize(65'535);
  CHECK(view_of(layout_id::linux_64, largest).hop_limit() == 64);
  CHECK(view_of(layout_id::linux_64, largest).unknown_count() > 4'000);
  CHECK(disagreement(layout_id::linux_64, largest) == "");
}

TEST_CASE("metadata_view returns nullopt for an invalid value") {
  const auto with = [](layout_id layout, message_type type, std::uint64_t value) {
    std::vector<std::byte> buffer;
    append_message(buffer, layout, type, number_bytes(value));
    return buffer;
  };
  using windows = windows_messages;
  for (const std::uint64_t value : {256u, 0x100u + 64u, 0x80000000u, 0xffffffffu}) {
    const auto hop_limit = with(layout_id::windows_x86, windows::hop_limit_v4, value);
    CHECK_FALSE(view_of(layout_id::windows_x86, hop_limit).hop_limit());
    CHECK(view_of(layout_id::windows_x86, hop_limit).present().empty());
    const auto octet = with(layout_id::windows_x86, windows::traffic_class_v6, value);
    CHECK_FALSE(view_of(layout_id::windows_x86, octet).traffic_class());
    CHECK(view_of(layout_id::windows_x86, octet).present().empty());
  }
  for (const std::uint64_t value : {4u, 255u, 256u, 0xffffffffu}) {
    const auto ecn = with(layout_id::windows_x64, windows::ecn_v4, value);
    CHECK_FALSE(view_of(layout_id::windows_x64, ecn).ecn());
    CHECK(view_of(layout_id::windows_x64, ecn).present().empty());
  }
  for (const std::uint64_t value : {0u, 1u, 255u}) {
    const auto hop_limit = with(layout_id::linux_64, linux_messages::hop_limit_v6, value);
    CHECK(view_of(layout_id::linux_64, hop_limit).hop_limit() == value);
    CHECK(view_of(layout_id::linux_64, hop_limit).present() == field_set{field::hop_limit});
  }
}

TEST_CASE("metadata_view prefers the ECN message to the traffic class") {
  std::vector<std::byte> buffer;
  append_message(buffer, layout_id::windows_x64, windows_messages::traffic_class_v4,
                 number_bytes(0xb9));
  CHECK(view_of(layout_id::windows_x64, buffer).ecn() == ecn_codepoint::ect1);
  CHECK(view_of(layout_id::windows_x64, buffer).present() ==
        field_set{field::traffic_class, field::ecn});
  append_message(buffer, layout_id::windows_x64, windows_messages::ecn_v4, number_bytes(3));
  CHECK(view_of(layout_id::windows_x64, buffer).ecn() == ecn_codepoint::ce);
}

TEST_CASE("metadata_view tells an empty redirect context from an absent one") {
  const metadata_view empty{layouts::windows_x64{}, golden::windows_x64::ipv6_all};
  CHECK(empty.redirect_context().empty());
  CHECK(empty.present().contains(field::redirect_context));
  const metadata_view none{layouts::windows_x64{}, golden::windows_x64::ipv4_three};
  CHECK(none.redirect_context().empty());
  CHECK_FALSE(none.present().contains(field::redirect_context));
}

TEST_CASE("metadata_view returns the local address of a Linux broadcast") {
  const metadata_view view{layouts::linux_64{}, golden::linux_64::ipv4_directed_broadcast};
  CHECK(view.destination() == ip_address::v4({127, 255, 255, 255}));
  CHECK(view.local_address() == ip_address::v4({127, 0, 0, 1}));
}

TEST_CASE("metadata_view reported() contains ECN if the traffic class was reported") {
  fixed_control_builder<layouts::linux_64, 128> builder;
  REQUIRE(builder.traffic_class(traffic_class{1}, ip_family::v4));
  const metadata_view view(layouts::linux_64{}, builder.bytes());
  CHECK(view.present() == field_set{field::traffic_class, field::ecn});
  CHECK(view.reported() == view.present());
}
