#include "decoders/buffers.hpp"
#include "golden/all.hpp"
#include "support/catch.hpp"
#include "support/native_cmsg.hpp"
#include <ancillary/decoders/control_cursor.hpp>

#include <algorithm>
#include <limits>

using namespace ancillary;
using namespace ancillary_test;

namespace {

constexpr std::size_t count_messages(std::span<const std::byte> buffer) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& message : control_cursor<layouts::linux_64>{buffer}) {
    ++count;
  }
  return count;
}
static_assert(count_messages(golden::linux_64::ipv4_three) == 3);
static_assert(count_messages({}) == 0);

constexpr control_error error_of(std::span<const std::byte> buffer) {
  any_control_cursor cursor{layout_id::windows_x86, buffer};
  while (cursor.next()) {
  }
  return cursor.error();
}
static_assert(error_of(golden::octets(12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0,
                                      0, 0, 0, 0)) ==
              control_error{control_error_reason::length_below_header, 12});

// The results of both forms of the cursor for a buffer.
struct walked {
  std::vector<control_message> messages;
  control_error error;
};

template <class Cursor>
walked walk(Cursor cursor) {
  walked result;
  while (const auto message = cursor.next()) {
    result.messages.push_back(*message);
  }
  CHECK_FALSE(cursor.next());
  result.error = cursor.error();
  return result;
}

bool same(const control_message& a, const control_message& b) {
  return a.level == b.level && a.type == b.type && a.offset == b.offset &&
         a.data.data() == b.data.data() && a.data.size() == b.data.size();
}

walked walk_both(layout_id layout, std::span<const std::byte> buffer) {
  const walked by_tag =
      with_layout(layout, [&](auto tag) { return walk(control_cursor<decltype(tag)>{buffer}); });
  const walked by_id = walk(any_control_cursor{layout, buffer});
  CHECK(by_tag.error == by_id.error);
  CHECK(std::ranges::equal(by_tag.messages, by_id.messages, same));
  return by_tag;
}

} // namespace

TEST_CASE("control_cursor yields the messages of a captured buffer") {
  const std::span<const std::byte> buffer = golden::windows_x64::ipv4_three;
  const walked result = walk_both(layout_id::windows_x64, buffer);
  CHECK_FALSE(result.error);
  REQUIRE(result.messages.size() == 3);
  CHECK(same(result.messages[0], {0, 19, buffer.subspan(16, 8), 0}));
  CHECK(same(result.messages[1], {0, 4, buffer.subspan(40, 4), 24}));
  CHECK(same(result.messages[2], {0, 3, buffer.subspan(64, 4), 48}));
}

TEST_CASE("control_cursor accounts for every byte of every golden buffer") {
  for (const auto& golden : golden::all()) {
    CAPTURE(golden.name);
    const walked result = walk_both(golden.layout, golden.bytes);
    CHECK_FALSE(result.error);
    const std::size_t word = word_bytes(golden.layout);
    std::size_t expected = 0;
    for (const auto& message : result.messages) {
      CHECK(message.offset == expected);
      CHECK(message.data.data() == golden.bytes.data() + expected + word + 8);
      expected += (word + 8 + message.data.size() + word - 1) / word * word;
    }
    CHECK(expected == golden.bytes.size());
  }
}

TEST_CASE("control_cursor stays inside every prefix of every golden buffer") {
  for (const auto& golden : golden::all()) {
    const walked whole = walk_both(golden.layout, golden.bytes);
    for (std::size_t size = 0; size < golden.bytes.size(); ++size) {
      const exact_copy copy{golden.bytes.first(size)};
      const walked result = walk_both(golden.layout, copy.bytes());
      REQUIRE(result.messages.size() <= whole.messages.size());
      for (const auto& message : result.messages) {
        REQUIRE(message.data.data() >= copy.bytes().data());
        REQUIRE(message.data.data() + message.data.size() <= copy.bytes().data() + size);
      }
      // A cut inside a message's data is an error; inside a header or padding it is the end.
      const std::size_t next = result.messages.size();
      if (next < whole.messages.size()) {
        const auto& cut = whole.messages[next];
        const bool header_there = size >= cut.offset + word_bytes(golden.layout) + 8;
        REQUIRE(static_cast<bool>(result.error) == header_there);
        REQUIRE((!header_there ||
                 result.error ==
                     control_error{control_error_reason::length_beyond_buffer, cut.offset}));
      }
    }
  }
}

TEST_CASE("control_cursor ends with an error at an invalid length") {
  for (const layout_id layout : all_layouts) {
    const std::size_t header = word_bytes(layout) + 8;
    const std::uint64_t most = header == 16 ? std::numeric_limits<std::uint64_t>::max()
                                            : std::numeric_limits<std::uint32_t>::max();
    const auto error_with = [&](std::uint64_t length) {
      std::vector<std::byte> buffer;
      append_message(buffer, layout, {1, 2}, number_bytes(1));
      append_message(buffer, layout, length, {3, 4}, number_bytes(1, 8));
      const exact_copy copy{buffer};
      const walked result = walk_both(layout, copy.bytes());
      CHECK(result.messages.size() == 1);
      CHECK(result.error.offset == header + (header == 16 ? 8 : 4));
      return result.error.reason;
    };
    for (const std::uint64_t length :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{header - 1}}) {
      CHECK(error_with(length) == control_error_reason::length_below_header);
    }
    for (const std::uint64_t length :
         {std::uint64_t{header + 9}, std::uint64_t{70'000}, most / 2, most / 2 + 1, most - header,
          most - 7, most - 3, most - 1, most}) {
      CHECK(error_with(length) == control_error_reason::length_beyond_buffer);
    }
  }
}

TEST_CASE("control_cursor accepts a last message without padding and ignores a remainder shorter "
          "than a header") {
  for (const layout_id layout : all_layouts) {
    std::vector<std::byte> buffer;
    append_message(buffer, layout, {1, 2}, number_bytes(7, 1));
    const std::size_t unpadded = word_bytes(layout) + 9;
    const walked without = walk_both(layout, std::span{buffer}.first(unpadded));
    CHECK(without.messages.size() == 1);
    CHECK_FALSE(without.error);
    buffer.resize(buffer.size() + word_bytes(layout) + 7);
    const walked with_rest = walk_both(layout, buffer);
    CHECK(with_rest.messages.size() == 1);
    CHECK_FALSE(with_rest.error);
  }
}

TEST_CASE("control_cursor is an input range") {
  control_cursor<layouts::linux_32> cursor{golden::linux_32::ipv6_all};
  std::vector<int> types;
  for (const control_message& message : cursor) {
    CHECK(message.level == 41);
    types.push_back(message.type);
  }
  CHECK(types == std::vector<int>{50, 52, 67, 74});
}

TEST_CASE("control_cursor yields the same messages as the system's macros") {
  random_source random{11};
  for (int round = 0; round < 2'000; ++round) {
    std::vector<std::byte> buffer;
    for (std::size_t left = random.below(10); left > 0; --left) {
      append_message(
          buffer, layouts::native::id,
          {static_cast<std::int32_t>(random.bits()), static_cast<std::int32_t>(random.bits())},
          random.bytes(random.below(40)));
    }
    const std::vector<control_message> native = native_messages(buffer);
    const walked ours = walk_both(layouts::native::id, buffer);
    REQUIRE_FALSE(ours.error);
    REQUIRE(std::ranges::equal(native, ours.messages, same));
  }
}
