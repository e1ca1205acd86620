#include "decoders/buffers.hpp"
#include "golden/all.hpp"
#include "support/catch.hpp"
#include <ancillary/decoders/layout.hpp>

using namespace ancillary;
using namespace ancillary_test;

namespace {

static_assert(layouts::windows_x64::header_bytes == 16 && layouts::windows_x86::header_bytes == 12);
static_assert(layouts::linux_64::space(1) == 24 && layouts::linux_64::space(0) == 16);
static_assert(layouts::linux_32::space(1) == 16 && layouts::linux_32::space(20) == 32);
static_assert(layouts::linux_64::align(8) == 8 && layouts::linux_64::align(9) == 16);
static_assert(control_layout<layouts::native> && !control_layout<int>);
static_assert(layouts::native::word_bytes == sizeof(std::size_t));
static_assert(message_type{41, 50}.key() == 0x00000032'00000029);
static_assert(message_type{-1, -2}.key() == 0xfffffffe'ffffffff);

} // namespace

TEST_CASE("with_layout passes the tag of every layout") {
  for (const layout_id id : all_layouts) {
    CHECK(with_layout(id, [](auto layout) { return layout.id; }) == id);
    CHECK(with_layout(id, [](auto layout) { return layout.word_bytes; }) == word_bytes(id));
    CHECK(with_layout(id, [](auto layout) { return is_windows_layout<decltype(layout)>; }) ==
          is_windows(id));
  }
  CHECK(to_string(layout_id::linux_32) == "linux_32");
  CHECK(to_string(layout_id::windows_x86) == "windows_x86");
}

TEST_CASE("a layout contains only the messages of its system") {
  for (const layout_id id : all_layouts) {
    std::size_t known_count = 0;
    const auto known = known_types(id);
    for (std::int32_t level : {0, 1, 17, 41, 0xffff}) {
      for (std::int32_t type = 0; type < 0x4000; ++type) {
        const bool is_known = with_layout(id, [&](auto layout) {
          return detail::is_known<decltype(layout)>({level, type});
        });
        known_count += is_known ? 1u : 0u;
      }
    }
    CHECK(known_count == known.size());
    for (const message_type type : known) {
      CHECK(with_layout(id, [&](auto layout) { return detail::is_known<decltype(layout)>(type); }));
    }
  }
}
