// Control buffers as a system would return them.
#pragma once

#include <ancillary/decoders/control_builder.hpp>

#include <cstddef>
#include <vector>

namespace ancillary_test {

// The bytes that `write` puts into a builder of the layout.
template <class Layout = ancillary::layouts::native, class Write>
std::vector<std::byte> control(Write write) {
  ancillary::fixed_control_builder<Layout, 1024> builder;
  write(static_cast<ancillary::control_builder<Layout>&>(builder));
  return {builder.bytes().begin(), builder.bytes().end()};
}

} // namespace ancillary_test
