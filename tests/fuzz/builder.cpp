//      0           1               3
//      +-----------+---------------+------------------+
//      | selector  | storage bytes | calls, one after another
//      +-----------+---------------+------------------+
//
// Selector: bits 0 and 1 the layout. A call is one octet, which selects the function, and its
// arguments.
#include "decoders/buffers.hpp"
#include "decoders/reference_decoder.hpp"
#include "fuzz/finding.hpp"
#include "fuzz/input.hpp"
#include "fuzz/targets.hpp"

#include <algorithm>
#include <array>

namespace ancillary_test::fuzz {

namespace {

using namespace ancillary;

constexpr std::byte untouched{0xee};

template <class Layout>
class builder_check {
public:
  explicit builder_check(std::span<std::byte> storage) : storage_(storage), builder_(storage) {}

  void call(input_bytes& from) {
    const std::uint8_t which = from.octet();
    const ip_family family = (which & 0x80) != 0 ? ip_family::v6 : ip_family::v4;
    switch (which % 16) {
    case 0: {
      const ip_address to = address(from, family);
      const std::uint32_t index = from.u32();
      const ip_address local = address(from, ip_family::v4);
      wrote(builder_.destination(to, index, local), true);
      break;
    }
    case 1:
      wrote(builder_.receive_interface(from.u32(), family), windows);
      break;
    case 2:
      wrote(builder_.original_arrival_interface(from.u32(), family), windows);
      break;
    case 3:
      wrote(builder_.hop_limit(from.octet(), family), true);
      break;
    case 4:
      wrote(builder_.traffic_class({from.octet()}, family), true);
      break;
    case 5:
      wrote(builder_.ecn(static_cast<ecn_codepoint>(from.octet() % 4), family), windows);
      break;
    case 6:
      wrote(builder_.segment_bytes(from.u32()), true);
      break;
    case 7: {
      const auto clock = static_cast<timestamp_clock>(from.octet() % 3);
      const auto value = static_cast<std::int64_t>(from.number(8));
      if (clock == timestamp_clock::hardware) {
        wrote(builder_.hardware_timestamp({clock, value}), !windows);
      } else {
        wrote(builder_.timestamp({clock, value}),
              (clock == timestamp_clock::performance_counter) == windows);
      }
      break;
    }
    case 8:
      if (family == ip_family::v6) {
        const std::uint32_t index = from.u32();
        wrote(builder_.hardware_timestamp_origin({index, from.u32()}), !windows);
      } else {
        wrote(builder_.dropped_total(from.u32()), !windows);
      }
      break;
    case 9: {
      const ip_address host = address(from, family);
      wrote(builder_.original_destination({host, from.u16()}), !windows);
      break;
    }
    case 10:
      wrote(builder_.redirect_records(from.take(from.octet()), family), windows);
      break;
    case 11:
      wrote(builder_.redirect_context(from.take(from.octet()), family), windows);
      break;
    case 12: {
      const auto level = static_cast<std::int32_t>(from.u32());
      const auto type = static_cast<std::int32_t>(from.u32());
      message(level, type, from.take(from.octet()));
      break;
    }
    case 13:
      wrote(builder_.send_segment_bytes(from.u32()), true, true);
      break;
    case 14: {
      const ip_address source = address(from, family);
      wrote(builder_.source(source, from.u32()), true);
      break;
    }
    default:
      round_trip(from);
    }
  }

  // After any calls, the bytes are a control buffer without errors, except short payloads of
  // message(), and a plain walk reads the same as the view.
  void finish() const {
    const reference_result expected = reference_decoder::decode(Layout::id, builder_.bytes());
    const metadata_view view(Layout{}, builder_.bytes());
    expect(!expected.error || expected.error.reason == control_error_reason::payload_too_short,
           "what was built is malformed");
    expect(expected.message_count == messages_, "a message is missing, or one too many");
    expect(view.to_metadata() == expected.values, "what was built reads differently");
    expect(view.error() == expected.error, "the error of what was built differs");
  }

private:
  static constexpr bool windows = is_windows_layout<Layout>;

  static ip_address address(input_bytes& from, ip_family family) {
    ip_address::v6_octets octets{};
    const auto bytes = from.take(family == ip_family::v6 ? 16 : 4);
    std::transform(bytes.begin(), bytes.end(), octets.begin(),
                   [](std::byte octet) { return std::to_integer<std::uint8_t>(octet); });
    return family == ip_family::v6 ? ip_address::v6(octets)
                                   : ip_address::v4({octets[0], octets[1], octets[2], octets[3]});
  }

  // The storage after the messages is unchanged, and a refused call writes nothing.
  void wrote(bool said, bool possible, bool may_refuse = false) {
    const std::size_t after = builder_.bytes().size();
    expect(builder_.bytes().data() == storage_.data() && after <= storage_.size(),
           "outside the storage");
    expect(said ? after > before_ : after == before_, "what was said is not what was done");
    expect(!said || possible, "a message that the layout has not got");
    expect(after % Layout::alignment == 0, "the next message would not be aligned");
    expect(std::all_of(storage_.begin() + static_cast<std::ptrdiff_t>(after), storage_.end(),
                       [](std::byte octet) { return octet == untouched; }),
           "bytes behind the last message were written");
    // The largest message except opaque ones has 48 bytes of data.
    expect(said || !possible || may_refuse || storage_.size() - before_ < 320,
           "refused, though there is room");
    messages_ += said ? 1 : 0;
    before_ = after;
  }

  void message(std::int32_t level, std::int32_t type, std::span<const std::byte> data) {
    const std::size_t at = before_;
    const bool fits = Layout::space(data.size()) <= storage_.size() - at;
    const bool said = builder_.message(level, type, data);
    expect(said == fits, "message() does not say whether it fits");
    wrote(said, true);
    if (!said) {
      return;
    }
    control_cursor<Layout> cursor{builder_.bytes().subspan(at)};
    const auto read = cursor.next();
    expect(read && read->level == level && read->type == type &&
               std::ranges::equal(read->data, data) && !cursor.next() && !cursor.error(),
           "a message reads differently");
    const auto padding = builder_.bytes().subspan(at + Layout::header_bytes + data.size());
    expect(std::ranges::all_of(padding, [](std::byte octet) { return octet == std::byte{}; }),
           "padding that is not zero");
  }

  // metadata() with values that a decoder can return.
  void round_trip(input_bytes& from) {
    metadata values = reference_decoder::decode(Layout::id, from.take(from.octet())).values;
    // Values that are not preserved: truncated opaque data, fields that need the destination when
    // there is none, and a time that the layout cannot express.
    if (!values.destination) {
      values.interface_index.reset();
      values.local_address.reset();
    }
    if (!values.hardware_timestamp) {
      values.hardware_timestamp_origin.reset();
    }
    if constexpr (!windows) {
      values.receive_interface = values.interface_index;
      if (values.destination && values.destination->is_v6()) {
        values.local_address.reset();
      }
    }
    if constexpr (windows) {
      if (values.traffic_class && !values.ecn) {
        values.traffic_class.reset(); // an invalid ECN message
      }
    }
    for (auto* const opaque : {&values.redirect_records, &values.redirect_context}) {
      if (*opaque && (*opaque)->truncated()) {
        opaque->reset();
      }
    }
    std::array<std::byte, 1024> storage;
    control_builder<Layout> whole(storage);
    expect(whole.metadata(values), "1024 bytes are not enough");
    const metadata_view view(Layout{}, whole.bytes());
    expect(view.to_metadata() == values, "metadata does not survive the round trip");
    expect(!view.error() && view.duplicate_count() == 0 && view.unknown_count() == 0,
           "metadata() writes what a view complains of");

    control_builder<Layout> part(storage_.subspan(before_));
    const bool fits = whole.bytes().size() <= storage_.size() - before_;
    expect(part.metadata(values) == fits, "metadata() does not say whether it fits");
    expect(part.bytes().size() == (fits ? whole.bytes().size() : 0), "all of them or none");
    std::ranges::fill(storage_.subspan(before_), untouched);
  }

  std::span<std::byte> storage_;
  control_builder<Layout> builder_;
  std::size_t before_ = 0;
  std::uint32_t messages_ = 0;
};

} // namespace

void builder(std::span<const std::byte> input) {
  input_bytes from(input);
  const layout_id layout = all_layouts[from.octet() % all_layouts.size()];
  // On the heap, so that a sanitizer detects writes outside it.
  std::vector<std::byte> storage(from.u16() % 1024, untouched);
  with_layout(layout, [&](auto tag) {
    builder_check<decltype(tag)> check(storage);
    while (!from.empty()) {
      check.call(from);
    }
    check.finish();
  });
}

} // namespace ancillary_test::fuzz
