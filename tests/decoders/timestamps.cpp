// The timestamps of Linux: which message each accessor reads, and how they are written.
#include "decoders/agreement.hpp"
#include "decoders/buffers.hpp"
#include "golden/linux_timestamps.hpp"
#include "support/catch.hpp"
#include <ancillary/decoders.hpp>

using namespace ancillary;
using namespace ancillary_test;
using is = linux_messages;

namespace {

namespace golden_stamps = golden::linux_timestamps;

constexpr metadata_view stamped(layouts::linux_64{}, golden_stamps::hardware_64);
static_assert(stamped.timestamp()->clock == timestamp_clock::realtime);
static_assert(stamped.hardware_timestamp()->clock == timestamp_clock::hardware);
static_assert(stamped.hardware_timestamp_origin() == timestamp_origin{3, 60});

constexpr std::int64_t ns_per_second = 1'000'000'000;

// A control buffer of Linux, message by message.
class stamps {
public:
  explicit stamps(layout_id layout) : layout_(layout) {}

  // Seconds and a fraction.
  stamps& one(message_type type, std::uint64_t seconds, std::uint64_t fraction) {
    std::vector<std::byte> data;
    append_time(data, type, seconds, fraction);
    append_message(bytes_, layout_, type, data);
    return *this;
  }

  // Seconds of the software and the hardware timestamp, with 5 ns each unless zero.
  stamps& three(message_type type, std::uint64_t software, std::uint64_t hardware) {
    std::vector<std::byte> data;
    for (const std::uint64_t seconds : {software, std::uint64_t{0}, hardware}) {
      append_time(data, type, seconds, seconds == 0 ? 0 : 5);
    }
    append_message(bytes_, layout_, type, data);
    return *this;
  }

  // The view, after comparing it with the reference decoder.
  [[nodiscard]] metadata_view view() const {
    CHECK(disagreement(layout_, bytes_) == "");
    return {layout_, bytes_};
  }

private:
  void append_time(std::vector<std::byte>& data, message_type type, std::uint64_t seconds,
                   std::uint64_t fraction) const {
    const bool wide =
        type == is::timestamp_64 || type == is::timestamp_us_64 || type == is::timestamping_64;
    const std::size_t half = wide ? 8 : word_bytes(layout_);
    append_number(data, seconds, half);
    append_number(data, fraction, half);
  }

  layout_id layout_;
  std::vector<std::byte> bytes_;
};

timestamp realtime(std::int64_t ns) { return {timestamp_clock::realtime, ns}; }
timestamp by_device(std::int64_t ns) { return {timestamp_clock::hardware, ns}; }

constexpr layout_id layouts_of_linux[] = {layout_id::linux_64, layout_id::linux_32};

} // namespace

TEST_CASE("SO_TIMESTAMPING: software and hardware timestamps have an accessor each") {
  for (const layout_id layout : layouts_of_linux) {
    for (const message_type type : {is::timestamping, is::timestamping_64}) {
      CAPTURE(to_string(layout), type.type);
      const stamps both = stamps(layout).three(type, 10, 20);
      CHECK(both.view().timestamp() == realtime(10 * ns_per_second + 5));
      CHECK(both.view().hardware_timestamp() == by_device(20 * ns_per_second + 5));
      CHECK(both.view().present() == field_set{field::timestamp, field::hardware_timestamp});

      const stamps software = stamps(layout).three(type, 10, 0);
      CHECK(software.view().timestamp() == realtime(10 * ns_per_second + 5));
      CHECK_FALSE(software.view().hardware_timestamp());
      CHECK(software.view().present() == field_set{field::timestamp});

      const stamps hardware = stamps(layout).three(type, 0, 20);
      CHECK_FALSE(hardware.view().timestamp());
      CHECK(hardware.view().hardware_timestamp() == by_device(20 * ns_per_second + 5));
      CHECK(hardware.view().present() == field_set{field::hardware_timestamp});

      const stamps none = stamps(layout).three(type, 0, 0);
      CHECK(none.view().present().empty());
      CHECK(none.view().reported() == field_set{field::timestamp, field::hardware_timestamp});
    }
  }
}

TEST_CASE("SO_TIMESTAMPNS or SO_TIMESTAMP before SO_TIMESTAMPING: both are accessible and neither "
          "is a duplicate") {
  for (const layout_id layout : layouts_of_linux) {
    for (const message_type own :
         {is::timestamp, is::timestamp_64, is::timestamp_us, is::timestamp_us_64}) {
      for (const message_type triple : {is::timestamping, is::timestamping_64}) {
        CAPTURE(to_string(layout), own.type, triple.type);
        const bool in_us = own == is::timestamp_us || own == is::timestamp_us_64;
        const stamps pair = stamps(layout).one(own, 10, 6).three(triple, 0, 20);
        const metadata_view view = pair.view();
        CHECK(view.timestamp() == realtime(10 * ns_per_second + (in_us ? 6000 : 6)));
        CHECK(view.hardware_timestamp() == by_device(20 * ns_per_second + 5));
        CHECK(view.duplicate_count() == 0);
        CHECK(view.present() == field_set{field::timestamp, field::hardware_timestamp});

        stamps third = pair;
        CHECK(third.three(triple, 30, 40).view().duplicate_count() == 1);
        CHECK(third.view().hardware_timestamp() == by_device(20 * ns_per_second + 5));
      }
    }
  }
}

TEST_CASE("a timestamp that an earlier message has is a duplicate") {
  for (const layout_id layout : layouts_of_linux) {
    const stamps twice = stamps(layout).one(is::timestamp, 1, 2).one(is::timestamp_us, 3, 4);
    CHECK(twice.view().timestamp() == realtime(ns_per_second + 2));
    CHECK(twice.view().duplicate_count() == 1);
    // The kernel writes the two in the other order.
    const stamps after = stamps(layout).three(is::timestamping, 1, 2).one(is::timestamp, 3, 4);
    CHECK(after.view().timestamp() == realtime(ns_per_second + 5));
    CHECK(after.view().hardware_timestamp() == by_device(2 * ns_per_second + 5));
    CHECK(after.view().duplicate_count() == 1);
  }
}

TEST_CASE("SO_TIMESTAMP before 1970 is read with its sign") {
  const auto minus = [](std::uint64_t value) { return std::uint64_t{0} - value; };
  const stamps wide = stamps(layout_id::linux_32).one(is::timestamp_us_64, minus(3), 7);
  CHECK(wide.view().timestamp() == realtime(-3 * ns_per_second + 7000));
  const stamps narrow = stamps(layout_id::linux_32).one(is::timestamp_us, minus(3), 7);
  CHECK(narrow.view().timestamp() == realtime(-3 * ns_per_second + 7000));
}

TEST_CASE("SO_TIMESTAMPING_PKTINFO names the device and the packet's length") {
  const metadata_view view(layouts::linux_64{}, golden_stamps::hardware_64);
  REQUIRE(view.hardware_timestamp_origin());
  CHECK(view.hardware_timestamp_origin()->interface_index == 3);
  CHECK(view.hardware_timestamp_origin()->packet_bytes == 60);
  CHECK_FALSE(view.interface_index());
  CHECK(view.unknown_count() == 0);
  CHECK_FALSE(metadata_view{}.hardware_timestamp_origin());

  std::vector<std::byte> twice;
  append_message(twice, layout_id::linux_64, is::timestamp_origin, number_bytes(1, 16));
  append_message(twice, layout_id::linux_64, is::timestamp_origin, number_bytes(2, 16));
  const metadata_view first(layouts::linux_64{}, twice);
  CHECK(first.hardware_timestamp_origin() == timestamp_origin{1, 0});
  CHECK(first.duplicate_count() == 1);

  std::vector<std::byte> shorter;
  append_message(shorter, layout_id::linux_64, is::timestamp_origin, number_bytes(1, 7));
  const metadata_view cut(layouts::linux_64{}, shorter);
  CHECK_FALSE(cut.hardware_timestamp_origin());
  CHECK(cut.error().reason == control_error_reason::payload_too_short);
}

TEST_CASE("control_builder writes the messages of a stamped datagram in the kernel's order") {
  for (const auto& golden : golden_stamps::buffers()) {
    if (!golden.name.ends_with(" hardware_64")) {
      continue;
    }
    fixed_control_builder<layouts::linux_64, 256> builder;
    REQUIRE(builder.metadata(golden.expected));
    CHECK(std::vector(builder.bytes().begin(), builder.bytes().end()) ==
          std::vector(golden.bytes.begin(), golden.bytes.end()));
  }
}

TEST_CASE("control_builder omits a timestamp whose clock the layout does not support") {
  metadata values;
  values.hop_limit = std::uint8_t{1};
  values.timestamp = by_device(1);
  values.hardware_timestamp = realtime(1);
  values.hardware_timestamp_origin = timestamp_origin{1, 2};
  fixed_control_builder<layouts::linux_64, 256> builder;
  REQUIRE(builder.metadata(values));
  CHECK(metadata_view(layouts::linux_64{}, builder.bytes()).present() ==
        field_set{field::hop_limit});
  CHECK(builder.bytes().size() == 24);
}

TEST_CASE("control_builder uses the 64-bit timestamp for times that overflow 32 bits") {
  for (const std::int64_t ns :
       {std::int64_t{1}, std::int64_t{-1}, std::int64_t{2'147'483'647'999'999'999},
        std::int64_t{2'147'483'648'000'000'000}, std::int64_t{-2'147'483'648'000'000'000},
        std::int64_t{-2'147'483'648'000'000'001}}) {
    CAPTURE(ns);
    const bool wide = ns > 2'147'483'647'999'999'999 || ns < -2'147'483'648'000'000'000;
    fixed_control_builder<layouts::linux_32, 64> software;
    REQUIRE(software.timestamp(realtime(ns)));
    CHECK(metadata_view(layouts::linux_32{}, software.bytes()).timestamp() == realtime(ns));
    CHECK(any_control_cursor(layout_id::linux_32, software.bytes()).next()->type ==
          (wide ? 64 : 35));

    fixed_control_builder<layouts::linux_32, 64> hardware;
    REQUIRE(hardware.hardware_timestamp(by_device(ns)));
    const metadata_view view(layouts::linux_32{}, hardware.bytes());
    CHECK(view.hardware_timestamp() == by_device(ns));
    CHECK_FALSE(view.timestamp());
    CHECK(any_control_cursor(layout_id::linux_32, hardware.bytes()).next()->type ==
          (wide ? 65 : 37));
  }
}
