//      0           1
//      +-----------+---------------------------+
//      | selector  | control buffer            |
//      +-----------+---------------------------+
//
// Selector: bits 0 and 1 the layout; bit 2: the last bytes describe how a second buffer differs,
// for the comparison with expected headers; bit 4: how the view gets its layout. 8 and a layout:
// print the values too.
#include "decoders/buffers.hpp"
#include "decoders/reference_decoder.hpp"
#include "fuzz/finding.hpp"
#include "fuzz/input.hpp"
#include "fuzz/targets.hpp"
#include "support/native_cmsg.hpp"
#include <ancillary/decoders/metadata_decoder.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace ancillary_test::fuzz {

namespace {

using namespace ancillary;

void compare(const metadata_view& view, const reference_result& expected) {
  expect(view.to_metadata() == expected.values, "the values differ");
  expect(view.present() == expected.values.present(), "present() differs");
  expect(view.error() == expected.error, "the error differs");
  expect(view.duplicate_count() == expected.duplicate_count, "the duplicates differ");
  expect(view.unknown_count() == expected.unknown_count, "the unknown messages differ");
  expect(view.reported().contains(view.present()), "present, but not reported");
}

// Every message lies in the buffer, after the previous one; the fields of its header equal those of
// a plain read.
template <class Layout>
void check_cursor(std::span<const std::byte> buffer, const reference_result& expected) {
  control_cursor<Layout> cursor{buffer};
  any_control_cursor any{Layout::id, buffer};
  std::size_t at = 0;
  std::uint32_t count = 0;
  while (const auto message = cursor.next()) {
    expect(message->offset == at, "a message is not where the one before it ends");
    expect(message->data.data() == buffer.data() + at + Layout::header_bytes &&
               message->data.size() <= buffer.size() - at - Layout::header_bytes,
           "the data of a message lie outside");
    const auto other = any.next();
    expect(other && other->level == message->level && other->type == message->type &&
               other->offset == at && other->data.data() == message->data.data() &&
               other->data.size() == message->data.size(),
           "the cursors differ");
    const std::size_t bytes = Layout::header_bytes + message->data.size();
    at += (bytes + Layout::word_bytes - 1) / Layout::word_bytes * Layout::word_bytes;
    ++count;
  }
  expect(!any.next() && any.error() == cursor.error(), "the cursors end differently");
  expect(!cursor.next(), "a message after the end");
  if (buffer.size() > detail::control_index::max_buffer_bytes) {
    return;
  }
  expect(count == expected.message_count, "the number of messages differs");
  // A message that is too short for its type is not an error for the cursor.
  const bool ended_early =
      expected.error && expected.error.reason != control_error_reason::payload_too_short;
  expect(!ended_early || cursor.error() == expected.error, "the cursor's error differs");
}

void check_unknown(const metadata_view& view) {
  std::uint32_t count = 0;
  for (const control_message& message : view.unknown_messages()) {
    expect(!reference_decoder::is_known(view.layout(), message.level, message.type),
           "a known message is unknown");
    ++count;
  }
  expect(count == view.unknown_count(), "the unknown messages are not as many as were counted");
}

// The system's macros, which are safe only on valid bytes.
void check_native(std::span<const std::byte> buffer) {
  control_cursor<layouts::native> cursor{buffer};
  std::size_t end = 0;
  while (const auto message = cursor.next()) {
    end = message->offset + layouts::native::space(message->data.size());
  }
  alignas(std::max_align_t) static std::array<std::byte, 0x10000> storage;
  // glibc's CMSG_NXTHDR ignores a last message without padding.
  if (cursor.error() || end == 0 || end > buffer.size() || buffer.size() > storage.size()) {
    return;
  }
  std::memcpy(storage.data(), buffer.data(), buffer.size());
  const std::span<std::byte> aligned = std::span(storage).first(buffer.size());
  control_cursor<layouts::native> ours{aligned};
  for (const control_message& theirs : native_messages(aligned)) {
    const auto message = ours.next();
    expect(message && message->level == theirs.level && message->type == theirs.type &&
               message->offset == theirs.offset && message->data.data() == theirs.data.data() &&
               message->data.size() == theirs.data.size(),
           "the system's macros walk differently");
  }
  expect(!ours.next(), "the system's macros end earlier");
}

// A buffer that is not walked, because its headers equal those of an earlier one.
template <class Layout>
void check_sequence(std::span<const std::byte> walked, std::span<const std::byte> differences) {
  static std::array<std::byte, 0x10000> storage;
  if (walked.size() > storage.size()) {
    return;
  }
  std::copy(walked.begin(), walked.end(), storage.begin());
  input_bytes from(differences);
  while (!from.empty() && !walked.empty()) {
    const std::size_t at = from.u16() % walked.size();
    storage[at] = static_cast<std::byte>(from.octet());
  }
  const std::span<const std::byte> other = std::span(storage).first(walked.size());
  metadata_decoder<Layout> decoder; // from now on expects the headers of its first buffer
  compare(decoder.decode(walked), reference_decoder::decode(Layout::id, walked));
  compare(decoder.decode(other), reference_decoder::decode(Layout::id, other));
  compare(decoder.decode(walked), reference_decoder::decode(Layout::id, walked));
}

} // namespace

void decode(std::span<const std::byte> input) {
  input_bytes from(input);
  const std::uint8_t selector = from.octet();
  const layout_id layout = all_layouts[selector % all_layouts.size()];
  std::span<const std::byte> buffer = from.rest();
  std::span<const std::byte> differences;
  if ((selector & 4) != 0) {
    differences = buffer.last(std::min<std::size_t>(buffer.size(), 6));
    buffer = buffer.first(buffer.size() - differences.size());
  }

  const reference_result expected = reference_decoder::decode(layout, buffer);
  with_layout(layout, [&](auto tag) {
    using layout_type = decltype(tag);
    // The layout is chosen at compile time or at run time, not both, because comparing all values
    // takes most of the time.
    const metadata_view view =
        (selector & 16) != 0 ? metadata_view(tag, buffer) : metadata_view(layout, buffer);
    compare(view, expected);
    check_cursor<layout_type>(buffer, expected);
    check_unknown(view);
    if ((selector & 4) != 0) {
      check_sequence<layout_type>(buffer, differences);
    }
    if ((selector & 0xf8) == 8) { // rarely: it takes longer than everything else
      expect(!to_string(view.to_metadata()).empty(), "nothing was printed");
    }
  });
  if (layout == layouts::native::id) {
    check_native(buffer);
  }
}

} // namespace ancillary_test::fuzz
