#include "ancillary/decoders/metadata_view.hpp"

namespace ancillary {

metadata_view::metadata_view(layout_id layout, std::span<const std::byte> control) noexcept
    : control_(control), index_(layout) {
  with_layout(layout,
              [&](auto tag) { index_.fill<decltype(tag)>(control.data(), control.size()); });
}

} // namespace ancillary
