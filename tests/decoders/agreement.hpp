#pragma once

#include "decoders/buffers.hpp"
#include "decoders/reference_decoder.hpp"

#include <span>
#include <sstream>
#include <string>

namespace ancillary_test {

// Decodes an exact-size copy of a buffer with metadata_view and compares all results with the
// reference decoder. Returns the difference, empty if none: for REQUIRE(... == "").
inline std::string disagreement(ancillary::layout_id layout, std::span<const std::byte> buffer) {
  using namespace ancillary;
  const exact_copy copy{buffer};
  const metadata_view by_tag =
      with_layout(layout, [&](auto tag) { return metadata_view(tag, copy.bytes()); });
  const reference_result expected = reference_decoder::decode(layout, copy.bytes());

  std::ostringstream out;
  for (const metadata_view& view : {by_tag, metadata_view(layout, copy.bytes())}) {
    const metadata values = view.to_metadata();
    if (values != expected.values) {
      out << "got " << values << " for " << expected.values << '\n';
    }
    if (view.present() != expected.values.present()) {
      out << "got present " << view.present() << " for " << expected.values.present() << '\n';
    }
    if (view.error() != expected.error) {
      out << "got error " << view.error() << " for " << expected.error << '\n';
    }
    if (view.duplicate_count() != expected.duplicate_count ||
        view.unknown_count() != expected.unknown_count) {
      out << "got duplicates " << view.duplicate_count() << " and unknown " << view.unknown_count()
          << " for " << expected.duplicate_count << " and " << expected.unknown_count << '\n';
    }
    std::uint32_t unknown = 0;
    for ([[maybe_unused]] const auto& message : view.unknown_messages()) {
      ++unknown;
    }
    if (unknown != expected.unknown_count) {
      out << "got " << unknown << " unknown messages for " << expected.unknown_count << '\n';
    }
  }
  if (!out.str().empty()) {
    out << to_string(layout) << ", " << buffer.size() << " bytes: " << opaque_bytes{buffer};
  }
  return out.str();
}

} // namespace ancillary_test
