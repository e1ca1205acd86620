// Whether the kernel splits segmented payloads (UDP_SEGMENT).
#pragma once

#include "common/native_socket.hpp"

#include <string_view>

namespace ancillary::detail {

// Of uname's release ("7.1.2-arch1"): 7.0 to 7.1.4 corrupt segments of equal size (tailscale,
// issues 19777 and 21335).
[[nodiscard]] bool corrupts_segments(std::string_view release) noexcept;

// Kernels before 4.18 ignore the message and send one large datagram.
[[nodiscard]] bool has_segmentation(native_socket socket) noexcept;

} // namespace ancillary::detail
