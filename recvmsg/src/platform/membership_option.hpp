// Part of the seam: joining and leaving a group. One .cpp for each platform.
#pragma once

#include "common/native_socket.hpp"

#include <cstddef>
#include <span>
#include <system_error>

namespace ancillary::detail {

// setsockopt with the system's own numbers and bytes (options/encoding.hpp).
[[nodiscard]] std::error_code set_membership(native_socket socket, int level, int name,
                                             std::span<const std::byte> value) noexcept;

// Whether the answer to joining a group, or a source of a group, can mean that the socket is a
// member already.
[[nodiscard]] bool can_mean_joined_already(const std::error_code& answer, bool has_source) noexcept;

// Whether the answer to leaving means that the interface is gone.
[[nodiscard]] bool means_no_interface(const std::error_code& answer) noexcept;

} // namespace ancillary::detail
