// The Windows layouts of both word sizes, through the loop on Linux.
#include "../machine.hpp"

#include <algorithm>

using namespace ancillary_test;

TEST_CASE("stand-in: every field arrives in the layout of either word size") {
  const auto layout =
      GENERATE(ancillary::layout_id::windows_x64, ancillary::layout_id::windows_x86);
  machine m(windows_profile::windows_11);
  m.windows.now.layout = layout;
  m.windows.now.redirect_context = {std::byte{1}, std::byte{2}};
  auto asked = five_options;
  asked.insert(field::timestamp);
  asked.insert(field::segment_bytes);
  m.open("127.0.0.1", {.metadata = ancillary::require(asked)});
  m.sender().set_option(asio::ip::unicast::hops(33));
  m.send("aa");
  m.send("b");
  m.start();
  REQUIRE(m.receives(2));
  for (const auto& each : m.seen) {
    const auto& got = each.metadata;
    CHECK((got.present() & asked) == asked);
    CHECK(to_string(*got.destination) == "127.0.0.1");
    CHECK(got.hop_limit == 33);
    CHECK(got.segment_bytes == 2u);
    CHECK(got.original_arrival_interface == got.interface_index);
    REQUIRE(got.redirect_context);
    CHECK(std::ranges::equal(got.redirect_context->bytes(), m.windows.now.redirect_context));
    CHECK_FALSE(each.control_malformed);
  }
  CHECK(m.receiver().counters().metadata_missing == 0);
}
