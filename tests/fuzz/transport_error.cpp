//      0           1
//      +-----------+---------------------------+
//      | selector  | control buffer            |
//      +-----------+---------------------------+
//
// Selector: bits 0 and 1 the layout; bit 2: it is known at compile time; 8 and a layout: print the
// error too.
#include "decoders/buffers.hpp"
#include "decoders/reference_transport_error.hpp"
#include "fuzz/finding.hpp"
#include "fuzz/input.hpp"
#include "fuzz/targets.hpp"

namespace ancillary_test::fuzz {

void transport_error(std::span<const std::byte> input) {
  input_bytes from(input);
  const std::uint8_t selector = from.octet();
  const ancillary::layout_id layout = all_layouts[selector % all_layouts.size()];
  const std::span<const std::byte> control = from.rest();
  const auto error =
      (selector & 4) != 0
          ? ancillary::with_layout(
                layout,
                [&](auto known) { return ancillary::decode_transport_error(known, control); })
          : ancillary::decode_transport_error(layout, control);
  expect(error == reference_transport_error::decode(layout, control), "the errors differ");
  if (!error) {
    return;
  }
  expect(!error->mtu() || *error->mtu() == error->info, "the MTU is not the reported one");
  if ((selector & 0xf8) == 8) { // rarely: it takes longer than everything else
    expect(!to_string(*error).empty(), "nothing was printed");
  }
}

} // namespace ancillary_test::fuzz
